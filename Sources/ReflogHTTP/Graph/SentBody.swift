import ReflogModel

/// Checks the bodies that Reflog sends to the directory.
///
/// Reflog refuses masked secrets, because a mask would replace the real secret. Reflog also refuses each member that
/// could change the reference of a step, because that change would not be recorded.
enum SentBody {
  /// Returns the members of a connector that Reflog sends to the directory.
  ///
  /// - Parameters:
  ///   - body: The body of the request.
  ///   - id: The connector's id in the URL, or nil if the connector is new.
  static func connector(_ body: JSONObject, id: ConnectorID? = nil) throws(RequestError) -> JSONObject {
    try refuseMasks(in: body, isConnector: true)
    var sent = body.withoutControlInformation
    guard let id, let member = sent.member(named: "id") else { return sent }
    guard member.value.string.flatMap({ ConnectorID($0) }) == id else {
      throw .badRequest("The id in the body is not the connector's id in the URL. Leave it out.", target: member.name)
    }
    sent[member.name] = nil
    return sent
  }

  /// Returns the JSON object of a user flow, with only the members that Reflog sends to the directory.
  static func flow(_ body: JSONObject) throws(RequestError) -> JSONObject {
    try refuseMasks(in: body, isConnector: false)
    if let name = memberThatMovesReferences(in: .object(body)) { throw movesReferences(name) }
    return body.withoutControlInformation
  }

  /// Returns a body without the member `apiConnectorConfiguration`.
  ///
  /// Microsoft Graph returns this member as an empty object with every flow. The method throws an error if the member
  /// has content.
  static func withoutEmptyConfiguration(_ body: JSONObject) throws(RequestError) -> JSONObject {
    guard let member = body.member(named: FlowBody.configurationName) else { return body }
    guard member.value.object?.withoutControlInformation.members.isEmpty == true else {
      throw movesReferences(member.name)
    }
    var rest = body
    rest[member.name] = nil
    return rest
  }

  /// Checks a body that is forwarded unchanged.
  ///
  /// JSON that Reflog can't read is refused, because the directory could read a mask or a reference in it. A body of
  /// another media type, such as the HTML of a page, is not checked.
  ///
  /// - Parameters:
  ///   - bytes: The body.
  ///   - contentType: The header `Content-Type`, or nil if the request has none. The body is then sent as JSON.
  static func checkForwarded(_ bytes: some Collection<UInt8>, as contentType: String?) throws(RequestError) {
    guard !bytes.isEmpty else { return }
    let value: JSONValue
    do { value = try JSONValue(parsing: bytes) } catch {
      guard contentType?.mentionsJSON ?? true else { return }
      throw .badRequest("The body is not valid JSON: \(error).", target: "body")
    }
    for object in [value.object].compactMap(\.self) + (value.array ?? []).compactMap(\.object) {
      try refuseMasks(in: object, isConnector: false)
    }
    if let name = memberThatMovesReferences(in: value) { throw movesReferences(name) }
  }

  /// Returns the name of a member that would set the reference of a step, or nil if the value has no member of this
  /// kind.
  ///
  /// OData allows several spellings of the member's name, for example `apiConnectorConfiguration@odata.bind` and
  /// `apiConnectorConfiguration/postFederationSignup@odata.bind`. The name of a type can be in front of each spelling.
  /// Objects at any depth are checked.
  private static func memberThatMovesReferences(in value: JSONValue) -> String? {
    switch value {
    case .null, .bool, .number, .string: return nil
    case .array(let values): return values.lazy.compactMap { memberThatMovesReferences(in: $0) }.first
    case .object(let object):
      if let member = object.members.first(where: { namesConfiguration($0.name) }) { return member.name }
      return object.members.lazy.compactMap { memberThatMovesReferences(in: $0.value) }.first
    }
  }

  private static func namesConfiguration(_ name: String) -> Bool {
    name.split { "@./#() \t".contains($0) }.contains { $0.description.isSame(as: FlowBody.configurationName) }
  }

  private static func movesReferences(_ name: String) -> RequestError {
    .badRequest(
      "A step's connector can't be set here. Set it at …/apiConnectorConfiguration/{step}/$ref.",
      target: name
    )
  }

  private static func refuseMasks(in body: JSONObject, isConnector: Bool) throws(RequestError) {
    guard let path = SecretMask.member(in: body, isConnector: isConnector) else { return }
    throw .badRequest(
      "\(path) is masked, and the mask would replace the true value. Leave the member out to keep the value, or send "
        + "the true value.",
      target: path
    )
  }
}
