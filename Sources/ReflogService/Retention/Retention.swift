package import Logging
package import ReflogLedger
package import ReflogModel
import ServiceLifecycle

/// Manages the retention policy and legal holds for admins, and runs purges and erasures.
///
/// Purges and erasures run in the background, and continue after a restart.
package struct Retention: Service {
  private let ledger: Ledger
  private let logger: Logger
  private let wakes: AsyncStream<Void>
  private let waker: AsyncStream<Void>.Continuation
  /// The wait between a failed attempt to purge or to erase and the next attempt.
  private static let pause = Duration.seconds(5)

  /// Creates a service for this ledger.
  ///
  /// The service first finishes the purges and erasures that were interrupted when the server last stopped.
  package init(ledger: Ledger, logger: Logger) {
    self.ledger = ledger
    self.logger = logger
    (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    waker.yield()
  }

  /// Returns the retention policy and the newest purge, which may be in progress.
  ///
  /// The purge is nil if there was never a purge.
  package func status(
    for caller: Caller
  ) async throws(ServiceError) -> (policy: RetentionPolicy, purge: Purge?) {
    try Policy.require(caller, .administer)
    return try await reading((await ledger.history.retentionPolicy(), await ledger.history.newestPurge()))
  }

  /// Sets the retention policy.
  ///
  /// - Throws: `retentionTooShort` if the policy has fewer days than the minimum and `insisting` is false.
  package func set(_ policy: RetentionPolicy, insisting: Bool, for caller: Caller) async throws(ServiceError) {
    try Policy.require(caller, .administer)
    if let days = policy.days, days < RetentionPolicy.minimumDays, !insisting { throw .retentionTooShort(days: days) }
    let isOverridden = policy.days.map { $0 < RetentionPolicy.minimumDays } ?? false
    try await recording(await ledger.set(policy, overriding: isOverridden, by: caller.actor))
  }

  /// Returns the plan of a purge: the history that the purge would delete now.
  ///
  /// - Throws: `noRetention` if the policy keeps history without limit.
  package func planPurge(for caller: Caller) async throws(ServiceError) -> Purge.Plan {
    let before = try await cutoff(for: caller)
    return try await reading(await ledger.planPurge(before: before))
  }

  /// Starts a purge, or returns the purge that is already in progress.
  ///
  /// When this method returns, the request is durable, so the purge continues after a restart.
  ///
  /// - Parameters:
  ///   - planned: The moment in the caller's plan. History from before this moment is deleted. If the value is nil, the
  ///     moment is computed from the policy.
  ///   - caller: The requester, who must be an admin.
  /// - Throws: `purgeNotPermitted` if the plan deletes more than the policy permits, or `noRetention` if the policy
  ///   keeps history without limit.
  package func purge(before planned: Timestamp?, for caller: Caller) async throws(ServiceError) -> Purge {
    let permitted = try await cutoff(for: caller)
    let before = planned ?? permitted
    guard before <= permitted else { throw .purgeNotPermitted(before: permitted) }
    let purge = try await recording(await ledger.askPurge(before: before, by: caller.actor))
    waker.yield()
    return purge
  }

  /// Returns all legal holds, sorted by the time at which each hold was placed.
  package func holds(for caller: Caller) async throws(ServiceError) -> [LegalHold] {
    try Policy.require(caller, .administer)
    return try await reading(await ledger.history.holds())
  }

  /// Places a legal hold.
  ///
  /// When this method returns, purges and erasures keep the history under the hold.
  ///
  /// - Throws: `holdExists` if there is a hold with this name.
  package func place(
    named name: String,
    on scope: FlowScope,
    because reason: String,
    for caller: Caller
  ) async throws(ServiceError) -> LegalHold {
    try Policy.require(caller, .administer)
    let hold = try await recording(await ledger.place(name, on: scope, because: reason, by: caller.actor))
    guard let hold else { throw .holdExists(name) }
    return hold
  }

  /// Releases a legal hold.
  ///
  /// - Throws: `holdNotFound` if there is no hold with this name.
  package func release(_ name: String, for caller: Caller) async throws(ServiceError) {
    try Policy.require(caller, .administer)
    guard try await recording(await ledger.releaseHold(named: name, by: caller.actor)) else {
      throw .holdNotFound(name)
    }
  }

  /// Returns all erasures, oldest first.
  package func erasures(for caller: Caller) async throws(ServiceError) -> [Erasure] {
    try Policy.require(caller, .administer)
    return try await reading(await ledger.history.erasures())
  }

  /// Returns the plan of an erasure: the personal data that the erasure would delete now.
  ///
  /// - Throws: `actorNotFound` if the ledger has no record of this actor.
  package func planErasure(
    of subject: Erasure.Subject,
    for caller: Caller
  ) async throws(ServiceError) -> Erasure.Plan {
    try Policy.require(caller, .administer)
    guard let plan = try await reading(await ledger.planErasure(of: subject)) else {
      throw .actorNotFound(subject.id)
    }
    return plan
  }

  /// Starts the erasure of an actor's personal data.
  ///
  /// Personal data under a legal hold is kept.
  ///
  /// When this method returns, the request is durable, so the erasure continues after a restart.
  ///
  /// - Throws: `actorNotFound` if the ledger has no record of this actor.
  package func erase(_ subject: Erasure.Subject, for caller: Caller) async throws(ServiceError) -> [Erasure] {
    try Policy.require(caller, .administer)
    let count = try await recording(await ledger.askErasure(of: subject, by: caller.actor))
    guard count > 0 else { throw .actorNotFound(subject.id) }
    waker.yield()
    return try await erasures(for: caller).suffix(count)
  }

  private func cutoff(for caller: Caller) async throws(ServiceError) -> Timestamp {
    guard let before = try await status(for: caller).policy.cutoff(at: ledger.now) else { throw .noRetention }
    return before
  }

  /// Runs the requested purges and erasures until the service stops.
  ///
  /// The method also runs unfinished purges and erasures that were requested before the server was restarted.
  package func run() async throws {
    await withGracefulShutdownHandler {
      for await _ in wakes {
        while await !forget(), !Task.isEnding { await pause(Self.pause) }
      }
    } onGracefulShutdown: {
      waker.finish()
    }
  }

  /// Runs all unfinished purges and erasures, and returns true if all of them are done.
  ///
  /// If a purge or an erasure fails, the method continues with the remaining purges and erasures. The failed purge or
  /// erasure is still recorded as unfinished, so the service tries again later. A purge may need a long time, but an
  /// erasure is short. So a purge runs in short passes, and erasures run between these passes.
  private func forget() async -> Bool {
    do {
      while let deletions = try await ledger.unfinishedDeletions() {
        var erased: [Int64] = []
        for erasure in deletions.erasures where await attempt("an erasure", { try await erase(erasure) }) == .done {
          erased.append(erasure)
        }
        let pass = deletions.purge == nil ? .done : await attempt("a purge") { try await runPass() }
        guard !Task.isEnding else { return false }
        let purged = pass == .done ? deletions.purge : nil
        if purged != nil || !erased.isEmpty {
          try await ledger.finish(purge: purged, erasures: erased)
          logger.notice("purges and erasures finished")
        }
        guard pass == .more || (pass == .done && erased.count == deletions.erasures.count) else { return false }
      }
      return true
    } catch {
      if !Task.isEnding {
        logger.error("purges and erasures failed and are tried again", metadata: ["error": "\(error)"])
      }
      return false
    }
  }

  private func attempt<Value>(_ what: String, _ body: () async throws -> Value) async -> Value? {
    do { return try await body() } catch {
      logger.error("\(what) failed and is tried again", metadata: ["error": "\(error)"])
      return nil
    }
  }

  /// The maximum number of steps in one pass of a purge.
  ///
  /// This number of steps takes a few seconds. An erasure that is requested during a pass waits for the end of the
  /// pass.
  private static let stepsOfAPass = 100

  /// Runs one pass of the purge in progress.
  ///
  /// Returns `done` if the purge is complete.
  private func runPass() async throws -> Ledger.UnfinishedDeletions.Progress {
    try await repeated(atMost: Self.stepsOfAPass) { try await ledger.continuePurge() }
  }

  /// Runs an erasure to its end.
  private func erase(_ erasure: Int64) async throws -> Ledger.UnfinishedDeletions.Progress {
    var position = Ledger.ErasurePosition()
    return try await repeated(atMost: .max) { try await ledger.continueErasure(erasure, from: &position) }
  }

  /// Repeats a step until the step returns `done`, and then returns `done`.
  ///
  /// Returns `more` if the service stops first, or if the maximum number of steps is reached first.
  private func repeated(
    atMost count: Int,
    _ step: () async throws -> Ledger.UnfinishedDeletions.Progress
  ) async throws -> Ledger.UnfinishedDeletions.Progress {
    var left = count
    while left > 0, !Task.isEnding {
      left -= 1
      if case .done = try await step() { return .done }
    }
    return .more
  }

  /// Waits for a duration, or until the service stops.
  private func pause(_ duration: Duration) async {
    try? await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
  }
}
