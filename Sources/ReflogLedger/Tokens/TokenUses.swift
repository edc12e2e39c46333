import ReflogModel
import Synchronization

/// The last use of one token since the start of this process.
///
/// A use is stored only in memory, so a request does not write to the token database and does not wait for a lock.
final class TokenUse: Sendable {
  /// The time of the last use in microseconds since 1970, or 0 if this process accepted no request with the token.
  private let microseconds = Atomic<Int64>(0)

  /// The last use, or nil if this process accepted no request with the token.
  var last: Timestamp? {
    let last = microseconds.load(ordering: .relaxed)
    return last == 0 ? nil : Timestamp(microseconds: last)
  }

  /// Stores that the token was used at a moment.
  func record(at moment: Timestamp) { microseconds.store(moment.microseconds, ordering: .relaxed) }
}

/// The last use of each token since the start of this process.
///
/// ``TokenStore/writeUses(all:)`` writes the uses to the token database later.
final class TokenUses: Sendable {
  /// The minimum time between two writes of the use of one token.
  static let interval = Duration.seconds(60)

  private struct Entry {
    let use: TokenUse
    /// The use that the token database contains, or nil if this process wrote no use of the token yet.
    var written: Timestamp?
  }

  private struct State {
    var entries: [String: Entry] = [:]
    /// The newest use that was written, or nil if this process wrote no use yet.
    var newestWritten: Timestamp?
  }

  private let state = Mutex(State())

  /// Returns the object that stores the last use of the token with this id. Every call with the same id returns the
  /// same object.
  func use(_ id: String) -> TokenUse {
    state.withLock { state in
      if let known = state.entries[id] { return known.use }
      let use = TokenUse()
      state.entries[id] = Entry(use: use)
      return use
    }
  }

  /// The last use of the token with this id, or nil if this process accepted no request with the token.
  func last(_ id: String) -> Timestamp? { state.withLock { $0.entries[id]?.use.last } }

  /// Returns the last uses that are not in the token database yet, by the id of the token.
  ///
  /// The result is empty until one use is due. A use is due in two cases: it is the first use of a token in this
  /// process, or it is at least ``interval`` later than the newest use that was written. When one use is due, all uses
  /// are returned. So one transaction in each ``interval`` writes them all.
  ///
  /// - Parameter all: Whether uses are returned even if none is due.
  func unwritten(all: Bool) -> [String: Timestamp] {
    state.withLock { state in
      var (unwritten, isDue) = ([String: Timestamp](), all)
      for (id, entry) in state.entries {
        guard let last = entry.use.last, entry.written.map({ last > $0 }) ?? true else { continue }
        unwritten[id] = last
        if entry.written == nil || state.newestWritten.map({ last.since($0) >= Self.interval }) ?? true { isDue = true }
      }
      return isDue ? unwritten : [:]
    }
  }

  /// Stores that the token database contains these uses.
  func markWritten(_ written: [String: Timestamp]) {
    state.withLock { state in
      for (id, moment) in written {
        state.entries[id]?.written = moment
        state.newestWritten = max(moment, state.newestWritten ?? moment)
      }
    }
  }
}
