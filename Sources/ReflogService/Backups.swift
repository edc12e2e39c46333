package import ReflogLedger
package import ReflogModel
import Synchronization

/// Creates backups of the ledger for admins, one at a time.
package final class Backups: Sendable {
  private let ledger: Ledger
  private let events: EventRecorder
  private let slot = Slot()

  /// The slot for the backup in progress; there is only one slot, so only one backup can be in progress.
  ///
  /// The slot is free again when the lease of the backup is deallocated.
  fileprivate final class Slot: Sendable {
    private let isTaken = Mutex(false)

    /// Reserves the slot and returns its lease, or returns nil if the slot is already reserved.
    func take() -> Lease? {
      isTaken.withLock { isTaken in
        defer { isTaken = true }
        return isTaken ? nil : Lease(slot: self)
      }
    }

    /// A reservation of the slot; the slot is free again when this object is deallocated.
    final class Lease: Sendable {
      private let slot: Slot

      init(slot: Slot) {
        self.slot = slot
      }

      deinit { slot.isTaken.withLock { $0 = false } }
    }
  }

  /// Creates a service that copies this ledger and records each backup as a service event.
  package init(ledger: Ledger, events: EventRecorder) {
    self.ledger = ledger
    self.events = events
  }

  /// Starts a backup of the current state of the ledger.
  ///
  /// When this method returns, the service event `backup` is durable. The bytes of the backup can be read only after
  /// that, so every downloaded backup is recorded.
  ///
  /// - Throws: `forbidden` if the caller is not an admin, or `busy` while another backup is in progress.
  package func make(for caller: Caller) async throws(ServiceError) -> Backup {
    try Policy.require(caller, .administer)
    guard let lease = slot.take() else { throw .busy("Another backup is in progress.") }
    let copy = try await reading(await ledger.copy())
    // The event is recorded after the copy was created, so that a failed copy is not recorded as a backup.
    try await events.record(ServiceEvent.Content(.backup, actor: caller.actor))
    return Backup(copy: copy, lease: lease)
  }
}

/// A copy of the ledger at one moment.
///
/// The bytes of the copy are one complete SQLite file.
package struct Backup: Sendable {
  fileprivate let copy: LedgerCopy
  fileprivate let lease: Backups.Slot.Lease

  /// The size of the whole copy, in bytes.
  package var byteCount: Int { copy.byteCount }

  /// Returns the next bytes, or nil at the end.
  package func next() throws(ServiceError) -> [UInt8]? {
    do { return try copy.next() } catch { throw ServiceError(reading: error) }
  }
}
