import ReflogModel
import Synchronization

/// Facts about a request that are found while it is handled, and that its answer reports in headers.
///
/// All copies of the context of a request share the same notes. So the answer to a refused request has the headers too.
final class AnswerNotes: Sendable {
  private let expiry = Mutex<Timestamp?>(nil)

  /// When the caller's API token expires if that is soon, else nil.
  var tokenExpiry: Timestamp? {
    get { expiry.withLock { $0 } }
    set { expiry.withLock { $0 = newValue } }
  }
}
