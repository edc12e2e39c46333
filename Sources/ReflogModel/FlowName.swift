/// Which flow: its type and its id, in the order in which flows are listed.
package struct FlowName: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let flowType: FlowType
  package let flow: FlowID

  package init(_ flowType: FlowType, _ flow: FlowID) {
    (self.flowType, self.flow) = (flowType, flow)
  }

  package init(of address: Address) {
    self.init(address.flowType, address.flow)
  }

  /// Reads `b2cUserFlows/B2C_1_signup`; nothing where it is none.
  package init?(_ text: some StringProtocol) {
    let parts = String(text).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let flowType = FlowType(segment: parts[0]), let flow = FlowID(parts[1]) else { return nil }
    self.init(flowType, flow)
  }

  /// The address of one of the flow's steps.
  package func address(of step: Step) -> Address { Address(flowType: flowType, flow: flow, step: step) }

  /// For example `b2cUserFlows/B2C_1_signup`.
  package var description: String { "\(flowType.rawValue)/\(flow.text)" }

  package static func < (left: FlowName, right: FlowName) -> Bool {
    (left.flowType.rawValue, left.flow.text.asciiFolded) < (right.flowType.rawValue, right.flow.text.asciiFolded)
  }
}

/// All of history, or what is about one flow.
package enum FlowScope: Hashable, Sendable {
  case everything
  case flow(FlowType, FlowID)

  package func contains(_ address: Address) -> Bool {
    switch self {
    case .everything: true
    case .flow(let flowType, let flow): address.flowType == flowType && address.flow == flow
    }
  }
}
