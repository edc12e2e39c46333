import ReflogModel

extension ChangeService {
  /// What a request must hold before it looks at anything.
  func turnKeys(of request: ChangeRequest) async throws(ServiceError) -> [TurnKey] {
    let name = request.idempotencyKey.map { key in
      TurnKey.named(keyHash: key.keyHash.map { String($0, radix: 16) }.joined(separator: "."))
    }
    return try await placeKeys(of: request) + (name.map { [$0] } ?? [])
  }

  private func placeKeys(of request: ChangeRequest) async throws(ServiceError) -> [TurnKey] {
    switch request.action {
    case .setReference(let address, _): [.address(address)]
    case .rollBackTo(_, let address, _): [.address(address)]
    case .rollBack(let id, _): [.address(try await rollbackTarget(id).address)]
    case .createConnector: [.creation(requestID: request.requestID)]
    case .updateConnector(let id, _), .deleteConnector(let id), .uploadCertificate(let id, _): [.connector(id)]
    case .createFlow(let flowType, let flow, _, let references):
      references.keys.map { .address(Address(flowType: flowType, flow: flow, step: $0)) }
    case .updateFlow, .other: []
    case .deleteFlow(let flowType, let flow):
      try await addresses(of: flow, flowType).map { .address($0) }
    }
  }
}
