import ReflogModel

/// Reads the members of a request's body.
///
/// If a member has the wrong type, these methods throw an error that contains the name of the member.
extension JSONObject {
  /// Throws an error if the body has a member whose name is not in `names`.
  func allow(only names: String...) throws(RequestError) {
    guard let other = members.first(where: { !names.contains($0.name) }) else { return }
    let allowed = names.joined(separator: ", ")
    throw .badRequest(
      "The body has the unknown member \(other.name). "
        + (allowed.isEmpty ? "Send {} or no body." : "Known members: \(allowed)."),
      target: other.name
    )
  }

  /// Returns a string, or nil if the member is missing or null.
  func text(_ name: String) throws(RequestError) -> String? {
    switch self[name] {
    case nil, .null: nil
    case .string(let text): text
    case let value?: throw .badRequest("\(name) must be a string, not \(value.kindName).", target: name)
    }
  }

  /// Returns a required string.
  ///
  /// The string must not be empty, and must have at most `limit` bytes of UTF-8.
  func requiredText(_ name: String, upTo limit: Int) throws(RequestError) -> String {
    guard let text = try text(name), !text.isBlank else {
      throw .badRequest("\(name) is missing or empty.", target: name)
    }
    guard text.utf8.count <= limit else { throw .badRequest("\(name) has more than \(limit) bytes.", target: name) }
    guard !text.hasReplacementCharacter else {
      throw .badRequest(
        "\(name) contains the replacement character (U+FFFD), which stands for characters that could not be read. Send "
          + "\(name) as UTF-8.",
        target: name
      )
    }
    return text
  }

  /// Returns a boolean, or false if the member is missing.
  func flag(_ name: String) throws(RequestError) -> Bool {
    switch self[name] {
    case nil: false
    case .bool(let value): value
    case let value?: throw .badRequest("\(name) must be true or false, not \(value.kindName).", target: name)
    }
  }

  /// Returns a time, or nil if the member is missing or null.
  func time(_ name: String) throws(RequestError) -> Timestamp? {
    guard let text = try text(name) else { return nil }
    guard let time = Timestamp(parsing: text) else {
      throw .badRequest("\(name) must be a time such as 2026-03-01T14:00:00Z.", target: name)
    }
    return time
  }

  /// Returns the flow that is identified by the members `flowType` and `flowId`, or nil if both members are missing.
  ///
  /// The method throws an error if only one of the two members is present.
  func flowScope() throws(RequestError) -> FlowScope? {
    switch (try text("flowType"), try text("flowId")) {
    case (nil, nil): return nil
    case (let flowType?, let flow?):
      guard let flowType = FlowType(segment: flowType) else {
        throw .badRequest("flowType must be b2cUserFlows or b2xUserFlows.", target: "flowType")
      }
      guard let flow = FlowID(flow) else {
        throw .badRequest("flowId must have 1 to 128 letters, digits, '_', '.' or '-'.", target: "flowId")
      }
      return .flow(flowType, flow)
    case (nil, _): throw .badRequest("flowId requires flowType. Send both or neither.", target: "flowType")
    case (_, nil): throw .badRequest("flowType requires flowId. Send both or neither.", target: "flowId")
    }
  }
}
