package import Logging
package import ReflogLedger
package import ReflogModel
import ServiceLifecycle

/// What is kept and what goes, on behalf of admins; and the work of it, which goes on whoever waits, and after a restart.
package struct Retention: Service {
  private let ledger: Ledger
  private let logger: Logger
  private let wakes: AsyncStream<Void>
  private let waker: AsyncStream<Void>.Continuation
  /// How long until what went wrong is tried again.
  private static let pause = Duration.seconds(5)

  package init(ledger: Ledger, logger: Logger) {
    self.ledger = ledger
    self.logger = logger
    (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    waker.yield()
  }

  /// How long history is kept, and the purge that is under way, or the newest.
  package func status(
    for caller: Caller
  ) async throws(ServiceError) -> (policy: RetentionPolicy, purge: Purge?) {
    try require(caller)
    do {
      return (try await ledger.history.retentionPolicy(), try await ledger.history.newestPurge())
    } catch {
      throw ServiceError(reading: error)
    }
  }

  /// Says how long history is kept. Throws `retentionTooShort` below the minimum, unless somebody insists.
  package func set(_ policy: RetentionPolicy, insisting: Bool, for caller: Caller) async throws(ServiceError) {
    try require(caller)
    if let days = policy.days, days < RetentionPolicy.minimumDays, !insisting { throw .retentionTooShort(days: days) }
    let isOverridden = policy.days.map { $0 < RetentionPolicy.minimumDays } ?? false
    do { try await ledger.set(policy, overriding: isOverridden, by: caller.actor) } catch {
      throw ServiceError(beforeSending: error)
    }
  }

  /// What a purge would do now. Throws `noRetention` where nothing says how long history is kept.
  package func planPurge(for caller: Caller) async throws(ServiceError) -> Purge.Plan {
    let before = try await cutoff(for: caller)
    do { return try await ledger.planPurge(before: before) } catch { throw ServiceError(reading: error) }
  }

  /// Begins a purge, or returns the one that is under way. When this returns, it is durable that it will be done.
  ///
  /// - Parameter planned: what somebody saw a plan of. Throws `purgeNotPermitted` where more would go than is permitted now.
  package func purge(before planned: Timestamp?, for caller: Caller) async throws(ServiceError) -> Purge {
    let permitted = try await cutoff(for: caller)
    let before = planned ?? permitted
    guard before <= permitted else { throw .purgeNotPermitted(before: permitted) }
    let purge: Purge
    do { purge = try await ledger.askPurge(before: before, by: caller.actor) } catch {
      throw ServiceError(beforeSending: error)
    }
    waker.yield()
    return purge
  }

  /// All holds, in the order in which they were placed.
  package func holds(for caller: Caller) async throws(ServiceError) -> [LegalHold] {
    try require(caller)
    do { return try await ledger.history.holds() } catch { throw ServiceError(reading: error) }
  }

  /// Places a hold: nothing that it covers is deleted from when this returns on. Throws `holdExists`.
  package func place(
    named name: String,
    on scope: FlowScope,
    because reason: String,
    for caller: Caller
  ) async throws(ServiceError) -> LegalHold {
    try require(caller)
    let hold: LegalHold?
    do { hold = try await ledger.place(name, on: scope, because: reason, by: caller.actor) } catch {
      throw ServiceError(beforeSending: error)
    }
    guard let hold else { throw .holdExists(name) }
    return hold
  }

  /// Releases a hold. Throws `holdNotFound`.
  package func release(_ name: String, for caller: Caller) async throws(ServiceError) {
    try require(caller)
    let isReleased: Bool
    do { isReleased = try await ledger.releaseHold(named: name, by: caller.actor) } catch {
      throw ServiceError(beforeSending: error)
    }
    guard isReleased else { throw .holdNotFound(name) }
  }

  /// All erasures, oldest first.
  package func erasures(for caller: Caller) async throws(ServiceError) -> [Erasure] {
    try require(caller)
    do { return try await ledger.history.erasures() } catch { throw ServiceError(reading: error) }
  }

  /// What an erasure would do now. Throws `actorNotFound`.
  package func planErasure(of actor: String, for caller: Caller) async throws(ServiceError) -> Erasure.Plan {
    try require(caller)
    do {
      if let plan = try await ledger.planErasure(ofActor: actor) { return plan }
    } catch {
      throw ServiceError(reading: error)
    }
    throw .actorNotFound(actor)
  }

  /// Begins the erasure of what is on record of a person; what is held stays. When this returns, it is durable that it will be
  /// done. Throws `actorNotFound`.
  package func erase(_ actor: String, for caller: Caller) async throws(ServiceError) -> [Erasure] {
    try require(caller)
    let count: Int
    do { count = try await ledger.askErasure(ofActor: actor, by: caller.actor) } catch {
      throw ServiceError(beforeSending: error)
    }
    guard count > 0 else { throw .actorNotFound(actor) }
    waker.yield()
    return try await erasures(for: caller).suffix(count)
  }

  private func cutoff(for caller: Caller) async throws(ServiceError) -> Timestamp {
    guard let before = try await status(for: caller).policy.cutoff(at: ledger.now) else { throw .noRetention }
    return before
  }

  private func require(_ caller: Caller) throws(ServiceError) {
    guard Policy.permits(caller, .administer) else { throw .forbidden([]) }
  }

  /// Does what was asked for, now or before the last stop, until it is time to stop.
  package func run() async throws {
    await withGracefulShutdownHandler {
      for await _ in wakes {
        while await !forget(), !Task.isEnding { await pause(Self.pause) }
      }
    } onGracefulShutdown: {
      waker.finish()
    }
  }

  /// Returns whether nothing is left to do. What goes wrong with one thing stops no other; it is tried again, and stays on record
  /// as unfinished until it is done. A purge takes turns with erasures, which are short and may be asked for while it goes on.
  private func forget() async -> Bool {
    do {
      while let forgetting = try await ledger.forgetting() {
        var erased: [Int64] = []
        for erasure in forgetting.erasures where await attempt("an erasure", { try await erase(erasure) }) == .done {
          erased.append(erasure)
        }
        let turn = forgetting.purge == nil ? .done : await attempt("a purge") { try await takeTurn() }
        guard !Task.isEnding else { return false }
        let purged = turn == .done ? forgetting.purge : nil
        if purged != nil || !erased.isEmpty {
          try await ledger.finish(purge: purged, erasures: erased)
          logger.notice("what was to go is gone")
        }
        guard turn == .more || (turn == .done && erased.count == forgetting.erasures.count) else { return false }
      }
      return true
    } catch {
      if !Task.isEnding { logger.error("what was to go is not gone yet", metadata: ["error": "\(error)"]) }
      return false
    }
  }

  private func attempt<Value>(_ what: String, _ body: () async throws -> Value) async -> Value? {
    do { return try await body() } catch {
      logger.error("\(what) could not go on", metadata: ["error": "\(error)"])
      return nil
    }
  }

  /// How many steps of a purge are done until it is looked whether an erasure waits: some seconds' worth.
  private static let turn = 100

  /// Does some of the purge under way; `done` where nothing of it is left.
  private func takeTurn() async throws -> Ledger.UnfinishedDeletions.Progress {
    try await repeated(atMost: Self.turn) { try await ledger.continuePurge() }
  }

  /// Erases all that an erasure erases.
  private func erase(_ erasure: Int64) async throws -> Ledger.UnfinishedDeletions.Progress {
    var position = Ledger.ErasurePosition()
    return try await repeated(atMost: .max) { try await ledger.continueErasure(erasure, from: &position) }
  }

  /// Does a step again and again until there is none, or it was so often, or it is time to stop; then there may be more.
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

  /// Ends early only when it is time to stop.
  private func pause(_ duration: Duration) async {
    try? await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
  }
}
