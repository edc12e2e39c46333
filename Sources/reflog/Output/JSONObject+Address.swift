import ReflogModel

extension JSONObject {
  /// The address or the flow that the members `flowType`, `flowId` and `step` identify, with `/` between the parts.
  ///
  /// The value is nil if the object has none of these members.
  var addressText: String? {
    let parts = ["flowType", "flowId", "step"].compactMap { self[$0]?.string }
    return parts.isEmpty ? nil : parts.joined(separator: "/")
  }

  /// Adds the members that identify a flow.
  mutating func add(_ flow: FlowName) {
    self["flowType"] = .string(flow.flowType.rawValue)
    self["flowId"] = .string(flow.flow.text)
  }
}
