/// A step of a user flow.
///
/// The step holds one reference: the connector that the step calls, or no connector.
package struct Address: Hashable, Sendable {
  package let flowType: FlowType
  package let flow: FlowID
  package let step: Step

  /// Creates an address.
  package init(flowType: FlowType, flow: FlowID, step: Step) {
    self.flowType = flowType
    self.flow = flow
    self.step = step
  }

  /// Reads an address in the form that the command line uses: `FLOWTYPE/FLOW/STEP`.
  ///
  /// Returns nil if the text has another form.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, let flowType = FlowType(segment: parts[0]), let flow = FlowID(parts[1]),
      let step = Step(parts[2])
    else { return nil }
    self.init(flowType: flowType, flow: flow, step: step)
  }
}

extension Address: CustomStringConvertible, Comparable {
  /// The address in the form that the command line uses: `b2cUserFlows/B2C_1_signup/postFederationSignup`.
  package var description: String { "\(flowType.rawValue)/\(flow)/\(step)" }

  /// Returns whether the left address is listed in front of the right address.
  ///
  /// Addresses are sorted by flow type, then by flow, then by step.
  package static func < (left: Address, right: Address) -> Bool {
    (left.flowType.rawValue, left.flow, left.step) < (right.flowType.rawValue, right.flow, right.step)
  }
}
