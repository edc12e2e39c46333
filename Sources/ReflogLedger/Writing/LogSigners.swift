package import ReflogModel
import Synchronization

/// The keys that sign the log.
///
/// After a rotation of the key, the former key and the new key both sign, until a checkpoint with both signatures is
/// published.
package final class LogSigners: Sendable {
  private let state: Mutex<[SigningKey]>

  /// Creates signers with keys that are sorted from the oldest to the newest.
  package init(_ keys: [SigningKey] = []) {
    state = Mutex(keys)
  }

  /// The keys that sign the next transaction, oldest first.
  package var keys: [SigningKey] { state.withLock { $0 } }

  /// Adds a key, so the key signs the next transaction and later transactions.
  package func add(_ key: SigningKey) {
    state.withLock { $0.append(key) }
  }

  /// Removes a key, so the key does not sign the next transaction or any later transaction.
  package func withdraw(_ key: SigningKey) {
    state.withLock { keys in keys.removeAll { $0.verifierKey == key.verifierKey } }
  }

  /// Removes all keys except the newest, so only the newest key signs from the next transaction on.
  package func dropFormer() {
    state.withLock { $0.removeFirst(max(0, $0.count - 1)) }
  }
}
