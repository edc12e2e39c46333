import ReflogLedger
package import ReflogModel

/// Reads the entries of the log in order, for webhooks, which run in the background.
extension HistoryService {
  /// The maximum number of entries that one read covers. The number is small, so that every read of the ledger is
  /// short.
  private static let entriesRead: Int64 = 256

  /// Returns the next settled changes and service events, and the sequence of the last entry that was read.
  ///
  /// If a row does not match the log, the result contains `SettledEntry.altered` for the entry of the row. So one
  /// altered row does not stop the delivery of the other entries.
  ///
  /// - Parameters:
  ///   - after: The sequence of the entry after which the read begins, or -1 to begin with the first entry.
  ///   - newest: The sequence of the newest entry. It must be higher than `after`.
  package func settledEntries(
    after: Int64,
    through newest: Int64
  ) async throws(ServiceError) -> (entries: [SettledEntry], end: Int64) {
    var end = min(newest, after + Self.entriesRead)
    while true {
      let problem: LedgerError
      do {
        return (try await history.settledEntries(after: after, through: end), end)
      } catch {
        problem = error
      }
      switch problem {
      case .altered, .corrupt: break
      default: throw ServiceError(reading: problem)
      }
      // The loop halves the range until a range can be returned. If the range contains only one row, this is the
      // altered row. The entries before this row were returned by earlier calls.
      guard end > after + 1 else { return ([.altered(sequence: end, problem: problem.description)], end) }
      end = after + (end - after) / 2
    }
  }

  /// Returns the sequence of the newest entry, or -1 if the log has no entry.
  package func newestSequence() async throws(ServiceError) -> Int64 {
    (try await reading(await history.checkpoint()?.size) ?? 0) - 1
  }

  /// Returns the hash of an entry, or nil if the log has no entry with this sequence.
  package func entryHash(at sequence: Int64) async throws(ServiceError) -> Hash? {
    try await reading(await history.entryHash(at: sequence))
  }

  /// Returns the sequence of the first entry that was recorded after an older copy replaced the log named `origin`. The
  /// result is nil if no older copy replaced that log.
  package func firstEntry(afterReplacementOf origin: String) async throws(ServiceError) -> Int64? {
    try await reading(await history.firstEntry(afterReplacementOf: origin))
  }
}
