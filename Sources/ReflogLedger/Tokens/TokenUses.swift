import ReflogModel
import Synchronization

/// The last use of each token since the start of this process.
///
/// A use is only stored in memory, so a request costs no write. The token database gets the uses later, see
/// ``TokenStore/writeUses(all:)``.
final class TokenUses: Sendable {
  /// The minimum time between two writes of the use of one token.
  static let interval = Duration.seconds(60)

  private struct Use {
    var last: Timestamp
    /// The use that the token database contains, or nil if this process wrote no use of the token yet.
    var written: Timestamp?
  }

  private let uses = Mutex<[String: Use]>([:])

  /// Stores that the token with this id was used at a moment.
  func note(_ id: String, at moment: Timestamp) {
    uses.withLock { $0[id, default: Use(last: moment)].last = moment }
  }

  /// The last use of the token with this id, or nil if this process saw no use.
  func last(_ id: String) -> Timestamp? { uses.withLock { $0[id]?.last } }

  /// Returns the last uses that are not in the token database, by the id of the token.
  ///
  /// - Parameter all: If false, a token is left out if its use was written less than ``interval`` before its last use.
  func unwritten(all: Bool) -> [String: Timestamp] {
    uses.withLock { uses in
      uses.compactMapValues { use in
        guard let written = use.written else { return use.last }
        let isDue = all ? use.last > written : use.last.since(written) >= Self.interval
        return isDue ? use.last : nil
      }
    }
  }

  /// Stores that the token database contains these uses.
  func markWritten(_ written: [String: Timestamp]) {
    uses.withLock { uses in
      for (id, moment) in written { uses[id]?.written = moment }
    }
  }
}
