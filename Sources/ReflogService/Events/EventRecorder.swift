package import Logging
package import ReflogLedger
package import ReflogModel
import ServiceLifecycle
import Synchronization

/// Records what happens to Reflog itself: at once, or a minute's worth as one event.
package final class EventRecorder: Service {
  /// What is counted as one event within a minute.
  private struct Count: Hashable {
    let kind: ServiceEvent.Kind
    let actorType: Change.ActorType?
    let actorID: String?
    let ipAddress: String?
  }

  /// More callers than this within a minute are counted as one: an attacker must fill neither memory nor ledger.
  private static let callers = 1000
  private static let failures = 100
  private static let interval = Duration.seconds(60)

  private let ledger: Ledger
  private let started: [ServiceEvent.Content]
  private let logger: Logger
  private let counts = Mutex<[Count: ServiceEvent.Content]>([:])

  /// - Parameter started: what is recorded first.
  package init(ledger: Ledger, started: [ServiceEvent.Content], logger: Logger) {
    self.ledger = ledger
    self.started = started
    self.logger = logger
  }

  /// Records an event. When this returns, it is durable.
  package func record(_ event: ServiceEvent.Content) async throws(ServiceError) {
    do { try await ledger.record([event]) } catch { throw ServiceError(beforeSending: error) }
  }

  /// Counts that somebody read history.
  package func countRead(by actor: Change.Actor) {
    count(.historyRead, actor, Count(kind: .historyRead, actorType: actor.type, actorID: actor.id, ipAddress: nil))
  }

  /// Counts that somebody took away what is new.
  package func countExport(by actor: Change.Actor) {
    count(.export, actor, Count(kind: .export, actorType: actor.type, actorID: actor.id, ipAddress: nil))
  }

  /// Counts that somebody asked for what it may not do, where no change records it.
  package func countDenial(of actor: Change.Actor) {
    count(.denied, actor, Count(kind: .denied, actorType: actor.type, actorID: actor.id, ipAddress: nil))
  }

  /// Counts a request that could not prove to be anybody's.
  package func countFailure(from ipAddress: String?) {
    let actor = Change.Actor(type: .unknown, id: nil, ipAddress: ipAddress)
    let count = Count(kind: .authenticationFailure, actorType: nil, actorID: nil, ipAddress: ipAddress)
    self.count(.authenticationFailure, actor, count)
  }

  private func count(_ kind: ServiceEvent.Kind, _ actor: Change.Actor, _ count: Count) {
    let limit = kind == .authenticationFailure ? Self.failures : Self.callers
    counts.withLock { counts in
      let isKnown = counts[count] != nil || counts.keys.count(where: { $0.kind == kind }) < limit
      let key = isKnown ? count : Count(kind: kind, actorType: nil, actorID: nil, ipAddress: nil)
      counts[key] = ServiceEvent.Content(
        kind,
        actor: isKnown ? actor : .unknown,
        count: (counts[key]?.count ?? 0) + 1
      )
    }
  }

  /// Records the start, then every minute what was counted, and at the end the stop.
  package func run() async throws {
    await write(started)
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // Ends early only when it is time to stop.
        try? await Task.sleep(for: Self.interval)
        await self.flush()
      }
    }
    await flush()
    await write([ServiceEvent.Content(.stop)])
  }

  /// Records what was counted so far; what can't be recorded now stays counted.
  private func flush() async {
    let counted = counts.withLock { counts in
      defer { counts = [:] }
      return counts
    }
    let events = counted.values.sorted {
      ($0.kind.rawValue, $0.actor?.id ?? "") < ($1.kind.rawValue, $1.actor?.id ?? "")
    }
    guard await !write(events) else { return }
    counts.withLock { counts in
      for (key, event) in counted {
        let total = event.count + (counts[key]?.count ?? 0)
        counts[key] = ServiceEvent.Content(event.kind, actor: event.actor, count: total)
      }
    }
  }

  /// Returns whether they are on disk.
  @discardableResult
  private func write(_ events: [ServiceEvent.Content]) async -> Bool {
    do {
      try await ledger.record(events)
      return true
    } catch {
      // Nobody waits for it, and the service goes on; that it is missing stands in the log.
      logger.error("service events could not be recorded", metadata: ["count": "\(events.count)", "error": "\(error)"])
      return false
    }
  }
}
