package import Logging
package import ReflogLedger
package import ReflogModel
import ServiceLifecycle
import Synchronization

/// Records service events: some immediately, and some as one count for each minute.
package final class EventRecorder: Service {
  /// The key of a count: all requests with the same key within a minute become one event.
  private struct Count: Hashable {
    let kind: ServiceEvent.Kind
    var actorType: Change.ActorType?
    var actorID: String?
    var ipAddress: String?
    var cause: ServiceEvent.DenialCause?
  }

  /// The maximum number of callers that have separate counts in a minute.
  ///
  /// All callers above this number share one count. So an attacker can't fill the memory or the ledger with counts.
  private static let callers = 1000
  /// The maximum number of IP addresses that have separate counts of failed authentications in a minute.
  private static let failures = 16
  /// The maximum number of separate events that are recorded for one caller's exports in a minute.
  private static let exportsPerMinute = 8
  private static let interval = Duration.seconds(60)

  private let ledger: Ledger
  private let started: [ServiceEvent.Content]
  private let logger: Logger
  private let counts = Mutex<[Count: ServiceEvent.Content]>([:])
  /// The number of exports that were recorded as separate events in this minute, counted for each caller.
  private let exports = Mutex<[Count: Int]>([:])

  /// Creates a recorder.
  ///
  /// - Parameters:
  ///   - ledger: Records the events.
  ///   - started: The events to record when the server starts.
  ///   - logger: Receives an error if the start, the counts or the stop can't be recorded.
  package init(ledger: Ledger, started: [ServiceEvent.Content], logger: Logger) {
    self.ledger = ledger
    self.started = started
    self.logger = logger
  }

  /// Records an event.
  ///
  /// When this method returns, the event is durable.
  package func record(_ event: ServiceEvent.Content) async throws(ServiceError) {
    try await recording(await ledger.record([event]))
  }

  /// Counts a read of history.
  package func countRead(by actor: Change.Actor) {
    count(Count(kind: .historyRead, actorType: actor.type, actorID: actor.id), actor)
  }

  /// Records an export.
  ///
  /// If the caller has already exported very often in this minute, the export is only counted. When this method
  /// returns, either the event is durable, or the export is counted.
  package func recordExport(by actor: Change.Actor, details: JSONObject) async throws(ServiceError) {
    let key = Self.exports(of: actor)
    let isRecorded = exports.withLock { exports in
      guard exports[key] != nil || exports.count < Self.callers, exports[key, default: 0] < Self.exportsPerMinute else {
        return false
      }
      exports[key, default: 0] += 1
      return true
    }
    guard isRecorded else { return count(key, actor) }
    try await record(ServiceEvent.Content(.export, actor: actor, details: details))
  }

  /// Counts an export that continues an earlier export.
  package func countExport(by actor: Change.Actor) {
    count(Self.exports(of: actor), actor)
  }

  private static func exports(of actor: Change.Actor) -> Count {
    Count(kind: .export, actorType: actor.type, actorID: actor.id)
  }

  /// Counts a denied request that is not recorded as a change.
  ///
  /// - Parameters:
  ///   - actor: The caller.
  ///   - cause: The cause if a freeze denied the request, or nil in all other cases.
  package func countDenial(of actor: Change.Actor, because cause: ServiceEvent.DenialCause? = nil) {
    count(Count(kind: .denied, actorType: actor.type, actorID: actor.id, cause: cause), actor)
  }

  /// Counts a refused request, if it was denied and the denial is not recorded as a change.
  ///
  /// - Parameters:
  ///   - error: The error with which the request was refused.
  ///   - caller: The caller whose request was refused.
  package func countDenial(_ error: ServiceError, of caller: Caller) {
    switch error {
    case .forbidden(let changes, _) where changes.isEmpty: countDenial(of: caller.actor)
    case .frozen(let changes, _) where changes.isEmpty: countDenial(of: caller.actor, because: .frozen)
    case .refusalsSpent: countDenial(of: caller.actor)
    default: return
    }
  }

  /// Counts a request whose authentication failed.
  package func countFailure(from ipAddress: String?) {
    let actor = Change.Actor(type: .unknown, id: nil, ipAddress: ipAddress)
    count(Count(kind: .authenticationFailure, ipAddress: ipAddress), actor)
  }

  private func count(_ count: Count, _ actor: Change.Actor) {
    let limit = count.kind == .authenticationFailure ? Self.failures : Self.callers
    counts.withLock { counts in
      let isKnown = counts[count] != nil || counts.keys.count(where: { $0.kind == count.kind }) < limit
      let key = isKnown ? count : Count(kind: count.kind, cause: count.cause)
      counts[key] = ServiceEvent.Content(
        count.kind,
        actor: isKnown ? actor : .unknown,
        count: (counts[key]?.count ?? 0) + 1,
        details: key.cause?.details ?? [:]
      )
    }
  }

  /// Records the start of the server, then the counts of each minute, and at the end the stop of the server.
  package func run() async throws {
    await write(started)
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // The sleep ends early, with an error, only if the service stops. Then the loop ends too.
        try? await Task.sleep(for: Self.interval)
        await self.flush()
      }
    }
    await flush()
    await write([ServiceEvent.Content(.stop)])
  }

  /// Records the counts, and resets the counts to zero.
  ///
  /// If the counts can't be recorded, the counts are added to the counts of the next minute.
  private func flush() async {
    exports.withLock { $0 = [:] }
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
        counts[key] = ServiceEvent.Content(event.kind, actor: event.actor, count: total, details: event.details)
      }
    }
  }

  /// Records events, and returns whether the events are durable.
  @discardableResult
  private func write(_ events: [ServiceEvent.Content]) async -> Bool {
    do {
      try await ledger.record(events)
      return true
    } catch {
      // No request waits for these events, so the service continues after the error. The log message reports the
      // missing events.
      logger.error("service events could not be recorded", metadata: ["count": "\(events.count)", "error": "\(error)"])
      return false
    }
  }
}
