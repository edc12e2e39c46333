package import Metrics
package import ReflogLedger
package import ReflogModel

/// Carries out all changes; no other code sends writes to a directory.
package struct ChangeService: Sendable {
  package let ledger: Ledger
  package let directory: any Directory
  let locks: KeyedLock
  private let reasonRule: ReasonRule?
  /// The budget for recording requests that the directory refused or that the caller's role did not permit.
  private let refusals = RefusalBudget()
  /// The budget for recording requests that a freeze refused.
  ///
  /// This budget is separate from `refusals`. If a caller has used up the budget `refusals`, Reflog can refuse all
  /// further requests of the caller in this minute. A freeze must not have this effect, because the caller may still
  /// change other steps.
  private let freezeRefusals = RefusalBudget()
  /// The budget for reads that callers send with Reflog's own credential, or nil if these reads are not limited.
  let reads: ReadBudget?
  private let duration: Timer
  private let frozen: Counter

  /// Creates a service.
  ///
  /// - Parameters:
  ///   - ledger: Records every change.
  ///   - directory: The directory to change.
  ///   - locks: The locks for all requests.
  ///   - reads: The budget for reads that callers send with Reflog's own credential, or nil if these reads are not
  ///     limited.
  ///   - reasonRule: The rule for the reason of every change, or nil if a change needs no reason.
  ///   - metrics: Receives the time that each request takes.
  package init(
    ledger: Ledger,
    directory: any Directory,
    locks: KeyedLock,
    reads: ReadBudget? = nil,
    reasonRule: ReasonRule? = nil,
    metrics: any MetricsFactory = NOOPMetricsHandler.instance
  ) {
    self.ledger = ledger
    self.directory = directory
    self.locks = locks
    self.reads = reads
    self.reasonRule = reasonRule
    duration = Timer(label: "reflog_change_seconds", factory: metrics)
    frozen = Counter(label: "reflog_freeze_refusals_total", factory: metrics)
  }

  /// Carries out a request for a change, and returns the recorded changes.
  ///
  /// This method checks the caller's role, locks the addresses and connectors, and reads the reference. Then the method
  /// records the intent, sends the write to the directory, and records the outcome.
  ///
  /// When this method returns, the directory has applied the change, and the outcome is in the ledger. When this method
  /// throws, the error contains the recorded changes, and shows whether the write was sent.
  package func perform(_ request: ChangeRequest) async throws(ServiceError) -> ChangeReceipt {
    guard Policy.permits(request.caller, .change) else { throw try await deny(request) }
    let preparer = try preparer(for: request.caller)
    try await preparer.prove(request.caller)
    guard !isJudgedByDirectory(request.caller) || !refusals.isSpent(by: request.caller.actor, at: ledger.now) else {
      throw .refusalsSpent
    }
    guard request.override == nil || Policy.permits(request.caller, .freeze) else { throw try await deny(request) }
    if request.action.isRecorded { try check(reason: request.reason) }
    let start = ContinuousClock.now
    defer { duration.record(duration: ContinuousClock.now - start) }
    let lock = try await locks.take(try await preparer.locks(of: request))
    defer { lock.end() }
    do {
      try await requireNoFreeze(for: request, preparer)
      return try await perform(request, preparer)
    } catch {
      if case .frozen(_, let covering) = error { throw try await deny(request, because: covering) }
      if case .refused(let recorded, _) = error, !recorded.isEmpty, isJudgedByDirectory(request.caller) {
        refusals.charge(request, at: ledger.now)
      }
      throw error
    }
  }

  /// Returns whether the directory, and not Reflog, decides what a caller may change.
  ///
  /// It is possible that a caller with a token for the directory has no rights at all. So the number of refusals by the
  /// directory is limited for each caller.
  private func isJudgedByDirectory(_ caller: Caller) -> Bool {
    if case .directoryToken = caller.credential { true } else { false }
  }

  /// The maximum number of times that a request is prepared.
  ///
  /// A request is prepared again if another change was recorded at the same address in the meantime. The locks prevent
  /// this for all requests of this process, so only another process can record such a change.
  private static let preparations = 4

  private func perform(
    _ request: ChangeRequest,
    _ preparer: Preparer
  ) async throws(ServiceError) -> ChangeReceipt {
    for _ in 0..<Self.preparations {
      switch try await prepare(request, preparer) {
      case .done(let receipt): return receipt
      case .toDo(let preparation):
        let result: Ledger.CarriedOut
        do {
          result = try await carryOut(preparation, for: request, preparer.directory)
        } catch {
          // This attempt recorded and sent nothing. But an earlier attempt with the same idempotency key may have been
          // applied. In this case, the caller must get the answer to the earlier attempt.
          if let earlier = try await earlierAnswer(to: request, preparer) { return earlier }
          throw error
        }
        switch result {
        case .settled(let changes, let answer): return try receipt(changes, answer)
        case .unsettled(let changes, let error):
          throw .outcomeUnknown(changes.map(\.id), why: "the directory's answer could not be recorded. \(error)")
        case .refused(.pending(let id)):
          ledger.forgetStates()
          throw .stepUnresolved(id, retryAfter: Reconciliation.nextRead)
        case .refused(.moved): ledger.forgetStates()
        case .refused(.frozen(let covering)): throw .frozen([], covering)
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
  /// A repeated request gets the answer to the first request in two cases: if the repeated request can't be prepared,
  /// or if there is no change to record. In all other cases, the transaction that records the intent checks the
  /// idempotency key, so the key is not checked here.
  private func prepare(
    _ request: ChangeRequest,
    _ preparer: Preparer
  ) async throws(ServiceError) -> PreparedAnswer {
    let prepared: Prepared
    do {
      prepared = try await preparer.prepare(request)
    } catch {
      // The directory has just refused this request, and the refusal is recorded. The original refusal is thrown,
      // because the original refusal contains headers that are not recorded.
      if case .refused(let ids, _) = error, !ids.isEmpty { throw error }
      if let earlier = try await earlierAnswer(to: request, preparer) { return .done(earlier) }
      throw error
    }
    switch prepared {
    case .toDo(let preparation):
      // If there is no change to record, no transaction checks the idempotency key. So the key is checked here.
      if preparation.group.drafts.isEmpty, let earlier = try await earlierAnswer(to: request, preparer) {
        return .done(earlier)
      }
      return .toDo(preparation)
    case .done(let change):
      if let earlier = try await earlierAnswer(to: request, preparer) { return .done(earlier) }
      return .done(ChangeReceipt(changes: [change], response: .noContent))
    }
  }

  /// Records the intents, sends the write to the directory, and records the answer.
  private func carryOut(
    _ preparation: Preparation,
    for request: ChangeRequest,
    _ directory: any Directory
  ) async throws(ServiceError) -> Ledger.CarriedOut {
    let (group, write) = (preparation.group, preparation.write)
    let correlationID = request.correlationID ?? request.requestID
    // A group without changes is also appended, if a freeze can cover the request. The transaction then compares the
    // request with the freezes and records an override, if there is one.
    guard !group.drafts.isEmpty || !group.parts.isEmpty else {
      return .settled([], await answer(to: write, recordedAs: [], directory, correlationID))
    }
    do {
      if let local = directory as? any LocalDirectory, preparation.following.isEmpty {
        return try await ledger.carryOut(group) { completion in
          local.submit(write) { completion($0.hiding(write.secrets)) }
        }
      }
      let appended = try await ledger.append(group, reservingOutcome: true)
      guard case .recorded(_, let drafts) = appended else { return .refused(appended) }
      let pending = drafts.filter { $0.result == .pending }
      return preparation.following.isEmpty
        ? await send(write, recordedAs: pending, directory, correlationID)
        : await send(write, then: preparation.following, recordedAs: pending, directory, correlationID)
    } catch {
      throw ServiceError(beforeSending: error)
    }
  }

  /// Sends a write whose intent is recorded, and records the outcome.
  private func send(
    _ write: DirectoryWrite,
    recordedAs pending: [Change],
    _ directory: any Directory,
    _ correlationID: String
  ) async -> Ledger.CarriedOut {
    let answer = await answer(to: write, recordedAs: pending, directory, correlationID)
    return await settle(pending, by: answer)
  }

  /// Records the directory's answer to one write as the outcome of all given changes.
  ///
  /// If no change is pending, or if the answer is unknown, nothing is recorded.
  func settle(_ pending: [Change], by answer: DirectoryAnswer) async -> Ledger.CarriedOut {
    guard !pending.isEmpty, !answer.isUnknown else {
      ledger.releaseOutcome()
      return .settled(pending, answer)
    }
    do {
      return .settled(
        try await ledger.settle(pending, by: .answered(answer), settledBy: .request, seen: seen(in: answer, pending)),
        answer
      )
    } catch {
      return .unsettled(pending, error)
    }
  }

  /// Sends a write whose intents are recorded, and returns the directory's answer.
  ///
  /// If the recording took too long, the write is not sent. The reason is that the reconciler reads the directory at a
  /// fixed time after the intent. A write must not be in progress at that time.
  func answer(
    to write: DirectoryWrite,
    recordedAs pending: [Change],
    _ directory: any Directory,
    _ correlationID: String
  ) async -> DirectoryAnswer {
    if let intent = pending.first, let limit = directory.longestRecording,
      ledger.now.since(intent.activityDateTime) > limit
    {
      return .notSent(reason: "recording the change took too long, so Reflog did not send the write")
    }
    return await directory.write(write, correlationID: correlationID).hiding(write.secrets)
  }

  /// Returns the connector in the answer to a write, as an observation.
  ///
  /// The directory may store a value, for example a URL, in another form than the request contained. The sweep must not
  /// report the stored form as a change that was made without Reflog. So the connector in the answer is recorded as an
  /// observation.
  private func seen(in answer: DirectoryAnswer, _ changes: [Change]) -> [Observation] {
    guard changes.first?.intent.subject == .connector, case .applied(let response) = answer,
      let connector = response.connector
    else { return [] }
    return [.connector(connector, entry: nil)]
  }

  private func receipt(_ changes: [Change], _ answer: DirectoryAnswer) throws(ServiceError) -> ChangeReceipt {
    let ids = changes.map(\.id)
    switch answer {
    case .applied(let response):
      // Only the creation of a flow can be partly applied: the flow exists, but a reference is not set.
      guard changes.allSatisfy({ $0.result == .applied }) else { throw .flowIncomplete(changes) }
      return ChangeReceipt(changes: changes, response: response)
    case .refused(let refusal): throw .refused(ids, refusal)
    case .notSent(let reason): throw .notSent(ids, why: reason)
    case .unknown(_, let reason): throw .outcomeUnknown(ids, why: reason)
    }
  }

  /// Records a request for a change that the caller's role does not permit, and returns the error for the caller.
  ///
  /// No request is sent to the directory. One `denied` change is recorded, even if the request contains several steps.
  /// If a caller is denied very often, the later requests of the caller are only counted.
  private func deny(_ request: ChangeRequest) async throws(ServiceError) -> ServiceError {
    Policy.refusal(of: request.caller, try await recordDenied(request, .denied, by: nil, within: refusals))
  }

  /// Records a request for a change that a freeze does not permit, and returns the error for the caller.
  private func deny(
    _ request: ChangeRequest,
    because covering: CoveringFreeze
  ) async throws(ServiceError) -> ServiceError {
    frozen.increment()
    let freeze = covering.freeze
    let ids = try await recordDenied(request, .frozen(freeze.id), by: freeze, within: freezeRefusals)
    return .frozen(ids, covering)
  }

  /// Records a denied request, and returns the id of the recorded change.
  ///
  /// The result is empty if the request was not recorded, because the rest of the caller's budget was too small.
  private func recordDenied(
    _ request: ChangeRequest,
    _ event: Change.Event,
    by freeze: Freeze?,
    within budget: RefusalBudget
  ) async throws(ServiceError) -> [Change.ID] {
    guard !budget.isSpent(by: request.caller.actor, at: ledger.now),
      let intent = try await preparer.deniedIntent(of: request, by: freeze),
      budget.take(for: intent, at: ledger.now)
    else { return [] }
    return try await ledger.record(Group(drafts: [.init(intent, event)])).map(\.id)
  }

  /// Checks the reason of a change against the rule.
  ///
  /// - Throws: `reasonRequired` if the reason does not match the rule.
  func check(reason: String?) throws(ServiceError) {
    guard let reasonRule, !reasonRule.permits(reason) else { return }
    throw .reasonRequired(pattern: reasonRule.pattern)
  }

  /// A preparer that accesses the directory with Reflog's own credential.
  var preparer: Preparer {
    Preparer(
      ledger: ledger,
      directory: directory,
      reconciliation: Reconciliation(ledger: ledger, directory: directory)
    )
  }

  /// Returns the preparer for a caller's requests.
  ///
  /// If the caller sent a token for the directory, the preparer uses that token. Otherwise the preparer uses Reflog's
  /// own credential. There is one exception: if Reflog has a credential, the preparer uses this credential to settle an
  /// earlier pending change, even if the caller sent a token.
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
