/// The type and the id of a user flow.
///
/// Names are sorted by type, then by id in lower case. Flows are listed in this order.
package struct FlowName: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let flowType: FlowType
  package let flow: FlowID

  /// Creates the name of a flow.
  package init(_ flowType: FlowType, _ flow: FlowID) {
    (self.flowType, self.flow) = (flowType, flow)
  }

  /// Creates the name of the flow that an address belongs to.
  package init(of address: Address) {
    self.init(address.flowType, address.flow)
  }

  /// Reads a name such as `b2cUserFlows/B2C_1_signup`.
  ///
  /// Returns nil if the text has another form.
  package init?(_ text: some StringProtocol) {
    let parts = String(text).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let flowType = FlowType(segment: parts[0]), let flow = FlowID(parts[1]) else { return nil }
    self.init(flowType, flow)
  }

  /// Returns the address of a step of this flow.
  package func address(of step: Step) -> Address { Address(flowType: flowType, flow: flow, step: step) }

  /// The name as text, for example `b2cUserFlows/B2C_1_signup`.
  package var description: String { "\(flowType.rawValue)/\(flow.text)" }

  /// Returns whether the left flow is listed in front of the right flow.
  package static func < (left: FlowName, right: FlowName) -> Bool {
    (left.flowType.rawValue, left.flow.text.asciiFolded) < (right.flowType.rawValue, right.flow.text.asciiFolded)
  }
}

/// The flows that a rollback to a time or a legal hold covers: all flows, or one flow.
package enum FlowScope: Hashable, Sendable {
  case everything
  case flow(FlowType, FlowID)

  /// Returns whether the scope covers an address.
  package func contains(_ address: Address) -> Bool {
    switch self {
    case .everything: true
    case .flow(let flowType, let flow): address.flowType == flowType && address.flow == flow
    }
  }
}
