import ReflogModel
import Synchronization

/// Limits how many rows and bytes the refused requests of one caller add to the ledger in a minute.
///
/// Every recorded request adds a row and texts to the ledger. A budget is large enough to record every attempt of a
/// person. If a program sends requests without end, only the first refusals in each minute are recorded. One service
/// event contains the number of all later refusals in that minute, so the program can't fill the ledger.
///
/// There are two budgets. The first budget is for requests that Reflog or Microsoft Graph refused because the caller
/// has no right to make them. The second budget is for requests that a freeze refused.
final class RefusalBudget: Sendable {
  /// The maximum number of refused requests from one caller that are recorded in a minute.
  static let rows = 16
  /// The maximum total length, in bytes, of the texts that are recorded for one caller in a minute.
  static let bytes = 12 * 1024
  /// The maximum number of callers that have separate budgets in a minute.
  ///
  /// All callers above this number share one budget.
  private static let callers = 1000

  private struct Used {
    var rows = 0
    var bytes = 0
  }

  private struct State {
    var minute: Int64 = 0
    var used: [String: Used] = [:]
  }

  private let state = Mutex(State())

  /// Counts one refused request in the caller's budget, or returns false if the rest of the budget is too small.
  func take(for intent: Change.Intent, at now: Timestamp) -> Bool {
    withUsed(by: intent.actor, at: now) { used in
      let bytes = used.bytes + intent.textBytes
      guard used.rows < Self.rows, bytes <= Self.bytes else { return false }
      used = Used(rows: used.rows + 1, bytes: bytes)
      return true
    }
  }

  /// Counts a refused request that is already recorded, even if the rest of the caller's budget is too small.
  func charge(_ request: ChangeRequest, at now: Timestamp) {
    withUsed(by: request.caller.actor, at: now) { used in
      used.rows += 1
      used.bytes += request.textBytes
    }
  }

  /// Returns whether the caller has used the whole budget of this minute.
  func isSpent(by actor: Change.Actor, at now: Timestamp) -> Bool {
    withUsed(by: actor, at: now) { $0.rows >= Self.rows || $0.bytes >= Self.bytes }
  }

  private func withUsed<Value>(by actor: Change.Actor, at now: Timestamp, _ body: (inout Used) -> Value) -> Value {
    state.withLock { state in
      let minute = now.microseconds / 60_000_000
      if minute != state.minute { state = State(minute: minute) }
      let own = "\(actor.type.rawValue) \(actor.id ?? "")"
      let key = state.used[own] != nil || state.used.count < Self.callers ? own : ""
      return body(&state.used[key, default: Used()])
    }
  }
}

extension Change.Intent {
  /// The number of bytes of all texts that the caller chose.
  fileprivate var textBytes: Int {
    let names = [reason, correlationID, batchID, subject.address?.flow.description, subject.address?.step.name]
    let references = [before, after].flatMap { [$0.connectorID?.description, $0.displayName] }
    let properties = (changedProperties ?? []).flatMap { [$0.name, $0.before, $0.after] }
    return (names + references + properties).reduce(0) { $0 + ($1?.utf8.count ?? 0) }
  }
}

extension ChangeRequest {
  /// The number of bytes of the texts that are recorded for a refused request.
  fileprivate var textBytes: Int { (reason?.utf8.count ?? 0) + (correlationID?.utf8.count ?? 0) }
}
