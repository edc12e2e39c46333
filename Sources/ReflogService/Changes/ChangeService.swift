package import Metrics
package import ReflogLedger
package import ReflogModel

/// The one path of a change. Nothing else writes to a directory.
package struct ChangeService: Sendable {
  package let ledger: Ledger
  package let directory: any Directory
  let locks: KeyedLock
  private let reasonRule: ReasonRule?
  private let denials = DenialBudget()
  private let duration: Timer

  package init(
    ledger: Ledger,
    directory: any Directory,
    locks: KeyedLock,
    reasonRule: ReasonRule? = nil,
    metrics: any MetricsFactory = NOOPMetricsHandler.instance
  ) {
    self.ledger = ledger
    self.directory = directory
    self.locks = locks
    self.reasonRule = reasonRule
    duration = Timer(label: "reflog_change_seconds", factory: metrics)
  }

  /// Does what is asked: decides who may, locks what the request touches, reads the reference, records the intent, asks the directory,
  /// and records the outcome.
  ///
  /// When this returns, the directory did it and the ledger knows. When it throws, the error says whether anything was sent, and which
  /// changes are on record.
  package func perform(_ request: ChangeRequest) async throws(ServiceError) -> ChangeReceipt {
    guard Policy.permits(request.caller, .change) else { throw try await deny(request) }
    let preparer = try preparer(for: request.caller)
    try await preparer.prove(request.caller)
    if request.action.isRecorded { try check(reason: request.reason) }
    let start = ContinuousClock.now
    defer { duration.record(duration: ContinuousClock.now - start) }
    let lock = try await locks.take(try await preparer.locks(of: request))
    defer { lock.end() }
    return try await perform(request, preparer)
  }

  /// How often a request is prepared again where another change was applied meanwhile: only a request that does not hold the lock, in
  /// another process, can do that.
  private static let preparations = 4

  private func perform(
    _ request: ChangeRequest,
    _ preparer: Preparer
  ) async throws(ServiceError) -> ChangeReceipt {
    for _ in 0..<Self.preparations {
      // A repeat is answered as the first request was, whatever it would run into now.
      if let earlier = try await earlierAnswer(to: request, preparer) { return earlier }
      switch try await preparer.prepare(request) {
      case .done(let change): return ChangeReceipt(changes: [change], response: .noContent)
      case .toDo(let preparation):
        switch try await carryOut(preparation, for: request, preparer.directory) {
        case .settled(let changes, let answer): return try receipt(changes, answer)
        case .unsettled(let changes, let error):
          throw .outcomeUnknown(changes.map(\.id), why: "the directory answered, but \(error)")
        case .refused(.pending(let id)):
          ledger.forgetStates()
          throw .stepUnresolved(id, retryAfter: Reconciliation.nextRead)
        case .refused(.moved): ledger.forgetStates()
        // Another process was first; its answer is looked up.
        case .refused(.repeated), .refused(.recorded): break
        }
      }
    }
    throw .busy("Other changes of this step came first.")
  }

  /// Records the intents, asks the directory, and records its answer.
  private func carryOut(
    _ preparation: Preparation,
    for request: ChangeRequest,
    _ directory: any Directory
  ) async throws(ServiceError) -> Ledger.CarriedOut {
    let (group, write) = (preparation.group, preparation.write)
    let correlationID = request.correlationID ?? request.requestID
    guard !group.drafts.isEmpty else {
      return .settled([], await directory.write(write, correlationID: correlationID).hiding(write.secrets))
    }
    do {
      if let local = directory as? any LocalDirectory {
        return try await ledger.carryOut(group) { completion in
          local.submit(write) { completion($0.hiding(write.secrets)) }
        }
      }
      let appended = try await ledger.append(group, reservingOutcome: true)
      guard case .recorded(_, let drafts) = appended else { return .refused(appended) }
      return await send(write, recordedAs: drafts.filter { $0.result == .pending }, directory, correlationID)
    } catch {
      throw ServiceError(beforeSending: error)
    }
  }

  /// Sends what has been recorded. Sends nothing where recording took so long that the doubt of the reconciler, which counts from the
  /// intent, might end before the write does.
  private func send(
    _ write: DirectoryWrite,
    recordedAs pending: [Change],
    _ directory: any Directory,
    _ correlationID: String
  ) async -> Ledger.CarriedOut {
    let answer: DirectoryAnswer
    if let intent = pending.first, let limit = directory.longestRecording,
      ledger.now.since(intent.activityDateTime) > limit
    {
      answer = .notSent(reason: "Recording the change took too long to send it safely after that; try again")
    } else {
      answer = await directory.write(write, correlationID: correlationID).hiding(write.secrets)
    }
    if case .unknown = answer {
      ledger.releaseOutcome()
      return .settled(pending, answer)
    }
    do {
      return .settled(try await ledger.settle(pending, by: .answered(answer), settledBy: .request), answer)
    } catch {
      return .unsettled(pending, error)
    }
  }

  private func receipt(_ changes: [Change], _ answer: DirectoryAnswer) throws(ServiceError) -> ChangeReceipt {
    let ids = changes.map(\.id)
    switch answer {
    case .applied(let response): return ChangeReceipt(changes: changes, response: response)
    case .refused(let refusal): throw .refused(ids, refusal)
    case .notSent(let reason): throw .notSent(ids, why: reason)
    case .unknown(_, let reason): throw .outcomeUnknown(ids, why: reason)
    }
  }

  /// Records that a caller asked for what it may not do, unless it does so all the time, and returns the refusal. The directory is not
  /// asked for it.
  private func deny(_ request: ChangeRequest) async throws(ServiceError) -> ServiceError {
    guard denials.take(for: request.caller.actor, at: ledger.now) else { return .forbidden([]) }
    let intents = try await preparer.unreadIntents(of: request)
    guard !intents.isEmpty else { return .forbidden([]) }
    return .forbidden(try await ledger.record(Group(drafts: intents.map { .init($0, .denied) })).map(\.id))
  }

  /// Throws `reasonRequired` where every change needs a reason, and this is none.
  func check(reason: String?) throws(ServiceError) {
    guard let reasonRule, !reasonRule.permits(reason) else { return }
    throw .reasonRequired(pattern: reasonRule.pattern)
  }

  /// Prepares requests in Reflog's own name.
  var preparer: Preparer {
    Preparer(
      ledger: ledger,
      directory: directory,
      reconciliation: Reconciliation(ledger: ledger, directory: directory)
    )
  }

  /// Prepares requests as the directory is asked for a caller: with the token that the caller brought, or else in Reflog's own name.
  ///
  /// What an earlier request left pending is read in Reflog's own name where it has one.
  func preparer(for caller: Caller) throws(ServiceError) -> Preparer {
    switch caller.credential {
    case .roles:
      guard directory.hasOwnCredential else { throw .noDirectoryCredentials }
      return preparer
    case .directoryToken(let token):
      let bearing = directory.bearing(token)
      let reconciling = directory.hasOwnCredential ? directory : bearing
      return Preparer(
        ledger: ledger,
        directory: bearing,
        reconciliation: Reconciliation(ledger: ledger, directory: reconciling)
      )
    }
  }
}
