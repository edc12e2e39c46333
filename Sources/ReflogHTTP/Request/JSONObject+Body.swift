import ReflogModel

/// Reads the members of a request's body, each refused by its name where it is not what it should be.
extension JSONObject {
  /// Throws where another member than these stands in the body.
  func allow(only names: String...) throws(RequestError) {
    guard let other = members.first(where: { !names.contains($0.name) }) else { return }
    throw .badRequest(
      "The body holds the member \(other.name); only \(names.joined(separator: ", ")) may stand there.",
      target: other.name
    )
  }

  /// A string; nothing where it is missing, or null.
  func text(_ name: String) throws(RequestError) -> String? {
    switch self[name] {
    case nil, .null: nil
    case .string(let text): text
    case let value?: throw .badRequest("\(name) must be a string, not \(value.kindName).", target: name)
    }
  }

  /// A string that must be there, not empty, and no longer than this in characters of UTF-8.
  func requiredText(_ name: String, upTo limit: Int) throws(RequestError) -> String {
    guard let text = try text(name), !text.isEmpty else { throw .badRequest("\(name) is missing.", target: name) }
    guard text.utf8.count <= limit else { throw .badRequest("\(name) has more than \(limit) bytes.", target: name) }
    return text
  }

  /// A boolean; false where it is missing.
  func flag(_ name: String) throws(RequestError) -> Bool {
    switch self[name] {
    case nil: false
    case .bool(let value): value
    case let value?: throw .badRequest("\(name) must be true or false, not \(value.kindName).", target: name)
    }
  }

  /// A time; nothing where it is missing, or null.
  func time(_ name: String) throws(RequestError) -> Timestamp? {
    guard let text = try text(name) else { return nil }
    guard let time = Timestamp(parsing: text) else {
      throw .badRequest("\(name) is a time, such as 2026-03-01T14:00:00Z.", target: name)
    }
    return time
  }

  /// `flowType` and `flowId`, which go together; nothing where neither is there.
  func flowScope() throws(RequestError) -> FlowScope? {
    switch (try text("flowType"), try text("flowId")) {
    case (nil, nil): return nil
    case (let flowType?, let flow?):
      guard let flowType = FlowType(segment: flowType) else {
        throw .badRequest("flowType is b2cUserFlows or b2xUserFlows.", target: "flowType")
      }
      guard let flow = FlowID(flow) else { throw .badRequest("flowId is no id of a user flow.", target: "flowId") }
      return .flow(flowType, flow)
    case (nil, _): throw .badRequest("flowId needs flowType beside it.", target: "flowType")
    case (_, nil): throw .badRequest("flowType needs flowId beside it.", target: "flowId")
    }
  }
}
