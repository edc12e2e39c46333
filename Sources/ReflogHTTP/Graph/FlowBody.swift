import ReflogModel
import ReflogService

/// The body of a request that creates a user flow.
///
/// The references are stored in `references`, and all other members of the body are stored in `rest`.
struct FlowBody {
  static let configurationName = "apiConnectorConfiguration"

  /// The id of the new flow, with the prefix that Microsoft Graph adds if the id in the request has no prefix.
  let id: FlowID
  /// The connectors that the steps of the new flow are to call.
  ///
  /// The key is the step.
  let references: [Step: ConnectorID]
  /// The members of the body that are not references.
  let rest: JSONObject

  init(_ body: JSONObject, flowType: FlowType, host: OwnHost) throws(RequestError) {
    guard let text = body["id"]?.string,
      let id = FlowID(
        text.asciiFolded.hasPrefix(flowType.idPrefix.asciiFolded) ? text : flowType.idPrefix + text
      )
    else {
      throw .badRequest("id must have 1 to 128 letters, digits, '_', '.' or '-'.", target: "id")
    }
    self.id = id
    var rest = body
    let configuration = body.member(named: Self.configurationName)
    if let configuration { rest[configuration.name] = nil }
    self.rest = try SentBody.flow(rest)
    references = try Self.references(configuration?.value ?? .null, host: host)
  }

  /// Reads the references from `{"postFederationSignup":{"@odata.id":url}}` or `{"PostFederationSignup":{"Id":id}}`.
  ///
  /// The tool Microsoft365DSC sends the second form.
  private static func references(
    _ configuration: JSONValue,
    host: OwnHost
  ) throws(RequestError) -> [Step: ConnectorID] {
    if configuration == .null { return [:] }
    guard let object = configuration.object else {
      throw .badRequest("\(configurationName) must be an object.", target: configurationName)
    }
    var references: [Step: ConnectorID] = [:]
    for member in object.members where !ControlInformation.contains(member.name) {
      guard let step = Step(member.name) else {
        throw .badRequest("'\(member.name)' is not a valid name of a step.", target: member.name)
      }
      if member.value == .null { continue }
      guard references.count < ChangeRequest.maximumSteps || references[step] != nil else {
        throw .badRequest(
          "\(configurationName) sets more than \(ChangeRequest.maximumSteps) steps. Create the flow with fewer steps, then "
            + "set the others one by one at …/{step}/$ref.",
          target: configurationName
        )
      }
      guard references[step] == nil else { throw .badRequest("The step \(step) is given twice.", target: member.name) }
      references[step] = try connectorID(of: member, host: host)
    }
    return references
  }

  private static func connectorID(
    of member: JSONObject.Member,
    host: OwnHost
  ) throws(RequestError) -> ConnectorID {
    let members = member.value.object?.members ?? []
    if members.count == 1, let text = members[0].value.string {
      if members[0].name == "@odata.id" {
        return try ReferenceBody.connectorID(of: text, host: host)
      }
      if members[0].name.asciiFolded == "id", let id = ConnectorID(text) { return id }
    }
    throw .badRequest(
      "\(member.name) must have exactly one member: the @odata.id or the id of a connector.",
      target: member.name
    )
  }
}
