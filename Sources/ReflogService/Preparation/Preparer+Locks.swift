import ReflogLedger
import ReflogModel

extension Preparer {
  /// Returns the keys that must be locked before a request is prepared.
  func locks(of request: ChangeRequest) async throws(ServiceError) -> [LockKey] {
    let targets = try await targets(of: request)
    guard let key = request.idempotencyKey else { return targets }
    return targets + [.named(keyHash: key.keyHash.hexadecimal)]
  }

  private func targets(of request: ChangeRequest) async throws(ServiceError) -> [LockKey] {
    switch request.action {
    case .setReference(let address, _): [.address(address)]
    case .rollBackTo(_, let address, _): [.address(address)]
    case .rollBack(let id, _): [.address(try await rollbackTarget(id).address)]
    case .createConnector: [.creation(requestID: request.requestID)]
    case .updateConnector(let id, _, _), .deleteConnector(let id), .uploadCertificate(let id, _): [.connector(id)]
    case .createFlow(let flow, _, let references): references.keys.map { .address(flow.address(of: $0)) }
    case .updateFlow, .other: []
    case .deleteFlow(let flow): try await addresses(of: flow).map { .address($0) }
    }
  }
}
