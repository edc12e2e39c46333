package import ReflogModel
import Synchronization

/// The keys that sign the log: the one in force last; and before it the one that was, until a checkpoint with both is published.
package final class LogSigners: Sendable {
  private let state: Mutex<[SigningKey]>

  package init(_ keys: [SigningKey] = []) {
    state = Mutex(keys)
  }

  package var keys: [SigningKey] { state.withLock { $0 } }

  /// Signs with this key too, from the next transaction on.
  package func add(_ key: SigningKey) {
    state.withLock { $0.append(key) }
  }

  /// Signs with this key no more, from the next transaction on.
  package func withdraw(_ key: SigningKey) {
    state.withLock { keys in keys.removeAll { $0.verifierKey == key.verifierKey } }
  }

  /// Signs with the newest key alone, from the next transaction on.
  package func dropFormer() {
    state.withLock { $0.removeFirst(max(0, $0.count - 1)) }
  }
}
