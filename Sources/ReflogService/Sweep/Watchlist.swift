package import ReflogModel
import Synchronization

/// The addresses to check once their settle window is over: a success answer does not prove that the change is kept.
///
/// They are kept in memory only. The sweep at the next start checks everything.
package final class Watchlist: Sendable {
  private let window: Duration
  private let due = Mutex<[Address: ContinuousClock.Instant]>([:])

  /// Creates an empty list.
  ///
  /// - Parameter window: the directory's settle window.
  package init(window: Duration) {
    self.window = window
  }

  /// Checks an address once a window has passed from this moment.
  package func watch(_ address: Address) {
    due.withLock { $0[address] = .now + window }
  }

  /// Watches the address that a change may have written.
  package func watch(_ change: Change) {
    if let address = change.intent.subject.address, change.mayHaveReachedDirectory { watch(address) }
  }

  /// Removes and returns the addresses whose window is over, in order.
  func takeDue() -> [Address] {
    due.withLock { due in
      let now = ContinuousClock.now
      let addresses = due.filter { $0.value <= now }.keys.sorted()
      for address in addresses { due[address] = nil }
      return addresses
    }
  }
}
