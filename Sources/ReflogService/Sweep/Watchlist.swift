package import ReflogModel
import Synchronization

/// A list of addresses that were changed a short time ago.
///
/// Each address is checked when the settle window after its change has ended. The check is necessary because the
/// directory may answer with success and still not keep the change. The addresses are in memory only, because the first
/// sweep after a restart checks all addresses.
package final class Watchlist: Sendable {
  private let window: Duration
  private let due = Mutex<[Address: ContinuousClock.Instant]>([:])

  /// Creates an empty list.
  ///
  /// - Parameter window: The directory's settle window.
  package init(window: Duration) {
    self.window = window
  }

  /// Adds an address to check.
  ///
  /// The check is due when one settle window has passed.
  package func watch(_ address: Address) {
    due.withLock { $0[address] = .now + window }
  }

  /// Adds the address of a change, if the change may have reached the directory.
  package func watch(_ change: Change) {
    if let address = change.intent.subject.address, change.mayHaveReachedDirectory { watch(address) }
  }

  /// Removes and returns the addresses whose settle window has ended, in sorted order.
  func takeDue() -> [Address] {
    due.withLock { due in
      let now = ContinuousClock.now
      let addresses = due.filter { $0.value <= now }.keys.sorted()
      for address in addresses { due[address] = nil }
      return addresses
    }
  }
}
