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
