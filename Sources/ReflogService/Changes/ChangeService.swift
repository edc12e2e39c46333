package import Metrics
package import ReflogLedger
package import ReflogModel

/// The one path of a change: nothing else writes to a directory.
package struct ChangeService: Sendable {
  package let ledger: Ledger
  package let directory: any Directory
  let locks: KeyedLock
  private let reasonRule: ReasonRule?
  private let denials = DenialBudget()
  private let duration: Timer

  /// Creates a service.
  ///
  /// - Parameters:
  ///   - ledger: records every change.
  ///   - directory: the directory to change.
  ///   - locks: the locks that all requests share.
  ///   - reasonRule: the rule for the reason of every change, or nil if a change needs no reason.
  ///   - metrics: receives the time that each request takes.
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

  /// Carries out a request for a change, and returns the changes as recorded.
  ///
  /// It checks the caller's role, locks what the request touches, reads the reference, records the intent, asks the
  /// directory, and records the outcome. When this returns, the directory applied the change and the ledger has
  /// recorded that. When this throws, the error tells whether anything was sent, and which changes are recorded.
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

  /// How often a request is prepared.
  ///
  /// It is prepared again if another change was applied meanwhile: only a request in another process, which does not
  /// hold the lock, can do that.
  private static let preparations = 4

  private func perform(
    _ request: ChangeRequest,
    _ preparer: Preparer
  ) async throws(ServiceError) -> ChangeReceipt {
    for _ in 0..<Self.preparations {
      switch try await prepare(request, preparer) {
      case .done(let receipt): return receipt
      case .toDo(let preparation):
        switch try await carryOut(preparation, for: request, preparer.directory) {
        case .settled(let changes, let answer): return try receipt(changes, answer)
        case .unsettled(let changes, let error):
          throw .outcomeUnknown(changes.map(\.id), why: "the directory's answer could not be recorded. \(error)")
        case .refused(.pending(let id)):
          ledger.forgetStates()
          throw .stepUnresolved(id, retryAfter: Reconciliation.nextRead)
        case .refused(.moved): ledger.forgetStates()
        case .refused(.repeated), .refused(.recorded):
          if let earlier = try await earlierAnswer(to: request, preparer) { return earlier }
        }
      }
    }
    throw .busy("Other changes to the same step were applied first.")
  }

  private enum PreparedAnswer {
    case done(ChangeReceipt)
    case toDo(Preparation)
  }

  /// Prepares a request.
  ///
  /// A repeat that can't be prepared, or has nothing to do, gets the answer to the first request. For all other
  /// requests the transaction that records the intent looks the key up, so that they need no read.
  private func prepare(
    _ request: ChangeRequest,
    _ preparer: Preparer
  ) async throws(ServiceError) -> PreparedAnswer {
    let prepared: Prepared
    do {
      prepared = try await preparer.prepare(request)
    } catch {
      // The refusal of this request was recorded just now. The record has fewer headers than the answer.
      if case .refused(let ids, _) = error, !ids.isEmpty { throw error }
      if let earlier = try await earlierAnswer(to: request, preparer) { return .done(earlier) }
      throw error
    }
    switch prepared {
    case .toDo(let preparation): return .toDo(preparation)
    case .done(let change):
      if let earlier = try await earlierAnswer(to: request, preparer) { return .done(earlier) }
      return .done(ChangeReceipt(changes: [change], response: .noContent))
    }
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

  /// Sends a write whose intent is recorded, and records the outcome.
  ///
  /// Sends nothing if recording took too long: the reconciler counts its wait from the intent, and must not read the
  /// directory before the write has ended.
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
      answer = .notSent(reason: "recording it took too long to send it safely")
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

  /// Records that a caller asked for a change that its role does not allow, and returns the refusal.
  ///
  /// The directory is not asked. A caller that is denied very often is recorded only up to a budget.
  private func deny(_ request: ChangeRequest) async throws(ServiceError) -> ServiceError {
    guard denials.take(for: request.caller.actor, at: ledger.now) else { return .forbidden([]) }
    let intents = try await preparer.unreadIntents(of: request)
    guard !intents.isEmpty else { return .forbidden([]) }
    return .forbidden(try await ledger.record(Group(drafts: intents.map { .init($0, .denied) })).map(\.id))
  }

  /// Checks the reason of a change against the rule.
  ///
  /// - Throws: `reasonRequired` if the reason does not match.
  func check(reason: String?) throws(ServiceError) {
    guard let reasonRule, !reasonRule.permits(reason) else { return }
    throw .reasonRequired(pattern: reasonRule.pattern)
  }

  /// A preparer that asks the directory with Reflog's own credential.
  var preparer: Preparer {
    Preparer(
      ledger: ledger,
      directory: directory,
      reconciliation: Reconciliation(ledger: ledger, directory: directory)
    )
  }

  /// Returns a preparer that asks the directory with the caller's token, or else with Reflog's own credential.
  ///
  /// What an earlier request left pending is read with Reflog's own credential if there is one.
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
