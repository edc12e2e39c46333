import ReflogLedger
import ReflogModel

/// A request that was judged and may go on: what to record, and what to send.
struct Preparation: Sendable {
  /// What is recorded before anything is sent; without drafts where the write touches no reference and no connector.
  let group: Group
  let write: DirectoryWrite
}

/// The result of preparing a request.
enum Prepared: Sendable {
  case toDo(Preparation)
  /// This earlier change is what is asked for.
  case done(Change)
}

/// Prepares requests: reads what a request needs to know and judges it. Everything that the request touches is locked meanwhile.
///
/// It records what a request can't go on without, or what refuses it: drift, refusals of the directory, and the outcome of an earlier
/// change that was pending.
struct Preparer: Sendable {
  let ledger: Ledger
  /// As the caller asks it.
  let directory: any Directory
  let reconciliation: Reconciliation

  var reader: ReferenceReader { ReferenceReader(ledger: ledger, directory: directory) }

  func prepare(_ request: ChangeRequest) async throws(ServiceError) -> Prepared {
    switch request.action {
    case .setReference(let address, let reference):
      return .toDo(try await prepareReference(request, address, reference))
    case .rollBack(let id, let later):
      return try await prepareRollback(request, of: id, permitting: later)
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
    case .createFlow(let flow, let body, let references):
      return .toDo(try await prepareFlowCreation(request, flow, body, references))
    case .updateFlow(let flow, let body):
      return .toDo(Preparation(group: Group(), write: .updateFlow(flow.flowType, flow.flow, body)))
    case .deleteFlow(let flow):
      return .toDo(try await prepareFlowDeletion(request, flow))
    case .other(let passedOn):
      return .toDo(Preparation(group: Group(), write: .other(passedOn)))
    }
  }

  /// Settles a change that an earlier request left pending, or refuses: its lock is held here, so no request works on it.
  func settle(_ pending: Change) async throws(ServiceError) {
    switch try await reconciliation.settle(pending) {
    case .settled: return
    case .tooEarly(let wait): throw .stepUnresolved(pending.id, retryAfter: wait)
    case .unreadable, .unsteady: throw .stepUnresolved(pending.id, retryAfter: Reconciliation.nextRead)
    }
  }

  /// The connector by the name that it has now, for the record; its id alone where it has none or can't be read.
  ///
  /// Whether it exists is for the directory to say when it is asked.
  func named(_ reference: ConnectorReference) async -> ConnectorReference {
    guard let id = reference.connectorID else { return reference }
    let connector = try? await directory.connector(id)
    return connector?.reference ?? .connector(id, displayName: nil)
  }

  /// Records what was changed without Reflog, where the request is refused and records nothing of its own.
  func recordDrift(_ found: ReferenceReader.Found) async throws(ServiceError) {
    if let drift = found.drift { _ = try await ledger.record(Group(drafts: [drift])) }
  }

  /// What a read before a change means that did not succeed: a definite refusal is recorded as `rejected`; one because of load, or of a
  /// caller whose token the directory does not take, is only passed on, and so is a failure.
  func refusedRead(
    _ failure: DirectoryFailure,
    of intents: [Change.Intent],
    for request: ChangeRequest
  ) async throws(ServiceError) -> ServiceError {
    guard case .refused(let refusal) = failure, !refusal.isTransient, !refusal.leavesUnproven(request.caller),
      !intents.isEmpty
    else { return ServiceError(beforeSending: failure) }
    let drafts = intents.map { Group.Draft($0, .answered(.refused(refusal))) }
    let recorded = try await ledger.record(Group(drafts: drafts, key: request.idempotencyKey))
    return .refused(recorded.map(\.id), refusal)
  }
}

extension DirectoryRefusal {
  /// Whether it says nothing of the request, only of the moment.
  fileprivate var isTransient: Bool { httpStatus == 429 }

  /// Whether the directory does not take the token by which alone the caller is known.
  fileprivate func leavesUnproven(_ caller: Caller) -> Bool {
    if case .directoryToken = caller.credential { httpStatus == 401 } else { false }
  }
}
