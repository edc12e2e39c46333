import ReflogLedger
import ReflogModel

/// A checked request that can be carried out: the group to record and the write to send.
struct Preparation: Sendable {
  /// The group of changes that is recorded before the write is sent.
  ///
  /// The group is empty if the write changes no reference and no connector.
  let group: Group
  let write: DirectoryWrite
  /// The writes that follow if the directory applied `write`: one write for each intent of the group, in the order of
  /// the intents.
  ///
  /// If the list is empty, `write` itself carries out all intents of the group.
  var following: [DirectoryWrite] = []
}

/// The result of the preparation of a request.
enum Prepared: Sendable {
  case toDo(Preparation)
  /// This recorded change already has the requested effect, so no write is sent.
  case done(Change)
}

/// Prepares requests: reads the current values from the directory, and checks the requests.
///
/// Before you call a preparer, lock all keys that `locks(of:)` returns. A preparer records only three things: drift,
/// refusals by the directory, and the outcome of an earlier pending change. The caller records the intents of the
/// request later.
struct Preparer: Sendable {
  let ledger: Ledger
  /// The directory, which is accessed with the caller's token or with Reflog's own credential.
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
    case .updateConnector(let id, let body, let restored):
      return try await prepareUpdate(request, id, body, restoring: restored)
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
  /// The caller holds the lock of the change, so no other request works on the change.
  ///
  /// - Throws: `stepUnresolved` if the change can't be settled yet, or if the pending change was made with the same
  ///   idempotency key as this request. In the second case, this request repeats the request that made the pending
  ///   change.
  func settle(_ pending: Change, before request: ChangeRequest) async throws(ServiceError) {
    try await requireOtherRequest(pending, than: request)
    switch try await reconciliation.settle(pending) {
    case .settled: return
    case .tooEarly(let wait): throw .stepUnresolved(pending.id, retryAfter: wait)
    case .unreadable, .unsteady: throw .stepUnresolved(pending.id, retryAfter: Reconciliation.nextRead)
    }
  }

  /// Throws `stepUnresolved` if a pending change was made with the same idempotency key as this request.
  func requireOtherRequest(_ pending: Change, than request: ChangeRequest) async throws(ServiceError) {
    guard let key = request.idempotencyKey else { return }
    let named: (change: Change, isSameBody: Bool)?
    do { named = try await ledger.change(named: key) } catch { throw ServiceError(reading: error) }
    if named?.change.id == pending.id { throw .stepUnresolved(pending.id, retryAfter: Reconciliation.nextRead) }
  }

  /// Returns the reference with the current name of the reference's connector, in the form that a change records.
  ///
  /// The name is nil if the connector does not exist or can't be read. A missing connector is not an error here,
  /// because the directory checks the connector when the write is sent.
  func named(_ reference: ConnectorReference) async -> ConnectorReference {
    guard let id = reference.connectorID else { return reference }
    let connector = try? await directory.connector(id)
    return connector?.reference ?? .connector(id, displayName: nil)
  }

  /// Records the drift that a read of an address showed, if there is drift.
  ///
  /// Call this method before you refuse a request after a read. Such a refusal records no change, so the drift can't be
  /// recorded together with a change.
  func recordDrift(_ found: ReferenceReader.Found) async throws(ServiceError) {
    if let drift = found.drift { _ = try await ledger.record(Group(drafts: [drift])) }
  }

  /// Records a refused read if necessary, and returns the error for the caller.
  ///
  /// The refusal is recorded as one `rejected` change, even if the request concerns several steps. Three kinds of
  /// failure are not recorded: the directory receives too many requests, the directory rejected the caller's token, or
  /// the read had no answer.
  func refusedRead(
    _ failure: DirectoryFailure,
    of intents: [Change.Intent],
    for request: ChangeRequest
  ) async throws(ServiceError) -> ServiceError {
    guard case .refused(let refusal) = failure, !refusal.isTransient, !refusal.leavesUnproven(request.caller),
      let intent = intents.first
    else { return ServiceError(beforeSending: failure) }
    let draft = Group.Draft(intent, .answered(.refused(refusal)))
    let recorded = try await ledger.record(Group(drafts: [draft], key: request.idempotencyKey))
    return .refused(recorded.map(\.id), refusal)
  }
}

extension DirectoryRefusal {
  /// Whether the directory refused the read because it receives too many requests.
  fileprivate var isTransient: Bool { httpStatus == 429 }

  /// Returns whether the directory rejected a token that is the only proof of the caller's identity.
  fileprivate func leavesUnproven(_ caller: Caller) -> Bool {
    if case .directoryToken = caller.credential { httpStatus == 401 } else { false }
  }
}
