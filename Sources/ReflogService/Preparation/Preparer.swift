import ReflogLedger
import ReflogModel

/// A request that was checked and may continue: what to record, and what to send.
struct Preparation: Sendable {
  /// What is recorded before anything is sent.
  ///
  /// It is empty if the write changes no reference and no connector.
  let group: Group
  let write: DirectoryWrite
}

/// The result of preparing a request.
enum Prepared: Sendable {
  case toDo(Preparation)
  /// This earlier change did what is asked for.
  case done(Change)
}

/// Prepares requests: reads what a request needs to know, and checks it.
///
/// The caller holds the locks of everything that the request touches. A preparer records only what the request needs or
/// what refuses it: drift, refusals of the directory, and the outcome of an earlier pending change.
struct Preparer: Sendable {
  let ledger: Ledger
  /// The directory, asked with the caller's token or with Reflog's own credential.
  let directory: any Directory
  let reconciliation: Reconciliation

  var reader: ReferenceReader { ReferenceReader(ledger: ledger, directory: directory) }

  /// Prepares a request.
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
    case .other(let forwarded):
      return .toDo(Preparation(group: Group(), write: .other(forwarded)))
    }
  }

  /// Settles a change that an earlier request left pending.
  ///
  /// Its lock is held here, so no request works on it.
  ///
  /// - Throws: `stepUnresolved` if the change can't be settled yet, or if the request's own idempotency key names it:
  ///   the answer to a repeat is then that the result is unknown.
  func settle(_ pending: Change, before request: ChangeRequest) async throws(ServiceError) {
    if let key = request.idempotencyKey {
      let named: (change: Change, isSameBody: Bool)?
      do { named = try await ledger.change(named: key) } catch { throw ServiceError(reading: error) }
      if named?.change.id == pending.id { throw .stepUnresolved(pending.id, retryAfter: Reconciliation.nextRead) }
    }
    switch try await reconciliation.settle(pending) {
    case .settled: return
    case .tooEarly(let wait): throw .stepUnresolved(pending.id, retryAfter: wait)
    case .unreadable, .unsteady: throw .stepUnresolved(pending.id, retryAfter: Reconciliation.nextRead)
    }
  }

  /// Returns the reference with the name that its connector has now, for the record.
  ///
  /// The name is nil if the connector does not exist or can't be read. Whether it exists is checked by the directory
  /// when the change is sent.
  func named(_ reference: ConnectorReference) async -> ConnectorReference {
    guard let id = reference.connectorID else { return reference }
    let connector = try? await directory.connector(id)
    return connector?.reference ?? .connector(id, displayName: nil)
  }

  /// Records the drift that was found, for a request that is refused and records nothing else.
  func recordDrift(_ found: ReferenceReader.Found) async throws(ServiceError) {
    if let drift = found.drift { _ = try await ledger.record(Group(drafts: [drift])) }
  }

  /// Returns the error for a read before a change that failed.
  ///
  /// A definite refusal is recorded as `rejected`. A refusal because of load or because of the caller's token is only
  /// passed on, and so is a failure.
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
  /// Whether the refusal is about load, and not about the request.
  fileprivate var isTransient: Bool { httpStatus == 429 }

  /// Whether the directory rejects the token that alone identifies the caller.
  fileprivate func leavesUnproven(_ caller: Caller) -> Bool {
    if case .directoryToken = caller.credential { httpStatus == 401 } else { false }
  }
}
