import ReflogLedger
import ReflogModel

/// A request that was looked at under its turn and may go on: what to record, and what to send.
struct Preparation: Sendable {
  /// One for each reference or connector that the write touches; none where it touches neither.
  let intents: [Change.Intent]
  let write: DirectoryWrite
}

/// What a look at a request under its turn found.
enum Prepared: Sendable {
  case toDo(Preparation)
  /// This earlier change is what is asked for.
  case done(Change)
}

extension ChangeService {
  /// Reads what stands and judges the request by it. The turn of everything that it touches is held.
  func prepare(_ request: ChangeRequest) async throws(ServiceError) -> Prepared {
    switch request.action {
    case .setReference(let address, let reference):
      return .toDo(try await prepareReference(request, address, reference))
    case .rollBack(let id, let later):
      return try await prepareRollback(request, of: id, undoing: later)
    case .rollBackTo(let rollback, let address, let reference):
      return try await prepareRollback(request, to: reference, at: address, within: rollback)
    case .createConnector(let body):
      return .toDo(prepareCreation(request, body))
    case .updateConnector(let id, let body):
      return .toDo(try await prepareUpdate(request, id, body))
    case .deleteConnector(let id):
      return .toDo(try await prepareDeletion(request, id))
    case .uploadCertificate(let id, let body):
      return .toDo(try await prepareCertificate(request, id, body))
    case .createFlow(let flowType, let flow, let body, let references):
      return .toDo(try await prepareFlowCreation(request, flowType, flow, body, references))
    case .updateFlow(let flowType, let flow, let body):
      return .toDo(Preparation(intents: [], write: .updateFlow(flowType, flow, body)))
    case .deleteFlow(let flowType, let flow):
      return .toDo(try await prepareFlowDeletion(request, flowType, flow))
    case .other(let passedOn):
      return .toDo(Preparation(intents: [], write: .other(passedOn)))
    }
  }

  /// Settles what an earlier request left pending, or refuses: it holds the key, and its turn is held here, so nobody
  /// works on it.
  func requireSettled(_ key: TurnKey) async throws(ServiceError) {
    guard let pending = try await pendingChange(holding: key) else { return }
    try await settle(pending)
  }

  /// The connector by the name that it has now, for the record; its id alone where it has none or can't be read.
  ///
  /// Whether it exists is for the directory to say when it is asked.
  func named(_ id: ConnectorID) async -> ConnectorReference {
    let connector = try? await directory.connector(id)
    return connector?.reference ?? .connector(id, displayName: nil)
  }
}
