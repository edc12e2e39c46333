import ReflogModel

extension ChangeService {
  /// What a request must hold before it looks at anything.
  func turnKeys(of request: ChangeRequest) async throws(ServiceError) -> [TurnKey] {
    switch request.action {
    case .setReference(let address, _): [.address(address)]
    case .rollBack(let id, _): [.address(try await rollbackTarget(id).address)]
    case .createConnector: [.creation(requestID: request.requestID)]
    case .updateConnector(let id, _), .deleteConnector(let id): [.connector(id)]
    case .createFlow(let flowType, let flow, _, let references):
      references.keys.map { .address(Address(flowType: flowType, flow: flow, step: $0)) }
    case .updateFlow: []
    case .deleteFlow(let flowType, let flow):
      Step.known.map { .address(Address(flowType: flowType, flow: flow, step: $0)) }
    }
  }
}
