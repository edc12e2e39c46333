package import ReflogModel
import Synchronization

/// The keys that sign the log.
///
/// After a rotation the former key signs too, until a checkpoint with both signatures is published. The newest key is
/// last.
package final class LogSigners: Sendable {
  private let state: Mutex<[SigningKey]>

  /// Creates signers with keys, oldest first.
  package init(_ keys: [SigningKey] = []) {
    state = Mutex(keys)
  }

  /// The keys that sign the next transaction, oldest first.
  package var keys: [SigningKey] { state.withLock { $0 } }

  /// Adds a key, from the next transaction on.
  package func add(_ key: SigningKey) {
    state.withLock { $0.append(key) }
  }

  /// Removes a key, from the next transaction on.
  package func withdraw(_ key: SigningKey) {
    state.withLock { keys in keys.removeAll { $0.verifierKey == key.verifierKey } }
  }

  /// Removes all keys but the newest, from the next transaction on.
  package func dropFormer() {
    state.withLock { $0.removeFirst(max(0, $0.count - 1)) }
  }
}
