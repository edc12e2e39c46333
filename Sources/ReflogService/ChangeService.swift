package import Metrics
package import ReflogLedger
package import ReflogModel

/// The one path of a change. Nothing else writes to a directory.
package struct ChangeService: Sendable {
  let ledger: Ledger
  private(set) var directory: any Directory
  let turns: Turns
  private(set) var reconciliation: Reconciliation
  private let reasonRule: ReasonRule?
  let denials = DenialBudget()
  private let metrics: any MetricsFactory

  package init(
    ledger: Ledger,
    directory: any Directory,
    turns: Turns,
    reasonRule: ReasonRule? = nil,
    metrics: any MetricsFactory = NOOPMetricsHandler.instance
  ) {
    self.ledger = ledger
    self.directory = directory
    self.turns = turns
    self.reasonRule = reasonRule
    self.metrics = metrics
    reconciliation = Reconciliation(ledger: ledger, directory: directory)
  }

  /// Does what is asked: decides who may, waits for the turn, reads what stands, records the intent, asks the directory,
  /// and records what came of it.
  ///
  /// When this returns, the directory did it and the ledger knows. When it throws, the error says whether anything was
  /// sent, and which changes are on record.
  package func perform(_ request: ChangeRequest) async throws(ServiceError) -> ChangeReceipt {
    guard Policy.permits(request.caller, .change) else { throw try await deny(request) }
    let service = try acting(for: request.caller)
    try await service.prove(request.caller)
    if request.action.isRecorded { try check(reason: request.reason) }
    let start = ContinuousClock.now
    defer { Timer(label: "reflog_change_seconds", factory: metrics).record(duration: ContinuousClock.now - start) }
    return try await service.performPermitted(request)
  }

  /// Whether it makes sense to offer somebody to roll back: they may, and Reflog can act in its own name.
  package func offersRollback(to caller: Caller) -> Bool {
    Policy.permits(caller, .change) && directory.hasOwnCredential
  }

  /// Throws `reasonRequired` where every change needs a reason, and this is none.
  func check(reason: String?) throws(ServiceError) {
    guard let reasonRule, !reasonRule.permits(reason) else { return }
    throw .reasonRequired(pattern: reasonRule.pattern)
  }

  private func performPermitted(_ request: ChangeRequest) async throws(ServiceError) -> ChangeReceipt {
    let turn = try await turns.take(try await turnKeys(of: request))
    defer { turn.end() }
    if let earlier = try await earlierAnswer(to: request) { return earlier }
    switch try await prepare(request) {
    case .done(let change):
      return ChangeReceipt(changes: [change], response: .noContent)
    case .toDo(let preparation):
      let pending = try await recordIntents(preparation, named: request.idempotencyKey)
      let answer = await send(preparation.write, recordedAs: pending, for: request)
      return try await recordOutcome(answer, of: pending)
    }
  }

  /// This service as it asks the directory for a caller: with the token that the caller brought, else in Reflog's own
  /// name.
  ///
  /// What an earlier request left behind is looked at in Reflog's own name where it has one.
  func acting(for caller: Caller) throws(ServiceError) -> ChangeService {
    switch caller.standing {
    case .roles:
      guard directory.hasOwnCredential else { throw .noDirectoryCredentials }
      return self
    case .directoryToken(let token):
      var service = self
      service.directory = directory.bearing(token)
      if !directory.hasOwnCredential {
        service.reconciliation = Reconciliation(ledger: ledger, directory: service.directory)
      }
      return service
    }
  }

  private func recordIntents(
    _ preparation: Preparation,
    named key: IdempotencyKey?
  ) async throws(ServiceError) -> [Change] {
    guard !preparation.intents.isEmpty else { return [] }
    do {
      let drafts = preparation.intents.map { Ledger.Draft($0, .intended) }
      return try await ledger.append(drafts, reservingOutcome: true, named: key)
    } catch {
      throw ServiceError(beforeSending: error)
    }
  }

  /// Sends what has been recorded; nothing where recording took so long that the doubt of a reconciler, which counts from
  /// the intent, might end before the write does.
  private func send(
    _ write: DirectoryWrite,
    recordedAs pending: [Change],
    for request: ChangeRequest
  ) async -> DirectoryAnswer {
    if let intent = pending.first, let limit = directory.longestRecording,
      ledger.now.since(intent.activityDateTime) > limit
    {
      return .notSent(reason: "Recording the change took too long to send it safely after that; try again")
    }
    return await directory.write(write, correlationID: request.correlationID ?? request.requestID).hiding(write.secrets)
  }

  private func recordOutcome(
    _ answer: DirectoryAnswer,
    of pending: [Change]
  ) async throws(ServiceError) -> ChangeReceipt {
    let settled = try await settle(pending, answer)
    let ids = settled.map(\.id)
    switch answer {
    case .applied(let response): return ChangeReceipt(changes: settled, response: response)
    case .refused(let refusal): throw .refused(ids, refusal)
    case .notSent(let reason): throw .notSent(ids, why: reason)
    case .unknown(_, let reason): throw .outcomeUnknown(ids, why: reason)
    }
  }

  private func settle(_ pending: [Change], _ answer: DirectoryAnswer) async throws(ServiceError) -> [Change] {
    guard !pending.isEmpty else { return [] }
    if case .unknown = answer {
      ledger.releaseOutcome()
      return pending
    }
    do {
      return try await ledger.settle(pending, by: .answered(answer), settledBy: .request, usingReservedPlace: true)
    } catch {
      throw .outcomeUnknown(pending.map(\.id), why: "the directory answered, but \(error)")
    }
  }
}
