package import ReflogModel
import Synchronization

/// The addresses whose last change is to be looked at once the settle window is over: a directory's word that it did
/// something is not yet the truth.
///
/// Kept in memory alone: the sweep at the next start looks at everything.
package final class Watchlist: Sendable {
  private let window: Duration
  private let due = Mutex<[Address: ContinuousClock.Instant]>([:])

  package init(window: Duration) {
    self.window = window
  }

  /// Looks at an address again once a window has passed from now on.
  package func watch(_ address: Address) {
    due.withLock { $0[address] = .now + window }
  }

  /// Watches what a change may have moved.
  package func watch(_ change: Change) {
    if let address = change.intent.subject.address, change.mayHaveReachedDirectory { watch(address) }
  }

  /// The addresses whose window is over; they are watched no more.
  func takeDue() -> [Address] {
    due.withLock { due in
      let now = ContinuousClock.now
      let addresses = due.filter { $0.value <= now }.keys.sorted()
      for address in addresses { due[address] = nil }
      return addresses
    }
  }
}
