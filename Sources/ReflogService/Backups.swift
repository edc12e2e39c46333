package import ReflogLedger
package import ReflogModel
import Synchronization

/// Makes backups of the ledger for admins, one at a time.
package final class Backups: Sendable {
  private let ledger: Ledger
  private let events: EventRecorder
  private let slot = Slot()

  /// The slot of the one backup that may be in progress.
  ///
  /// It is free again once the backup's lease is gone.
  fileprivate final class Slot: Sendable {
    private let isTaken = Mutex(false)

    /// Takes the slot, or returns nil if it is taken.
    func take() -> Lease? {
      isTaken.withLock { isTaken in
        defer { isTaken = true }
        return isTaken ? nil : Lease(slot: self)
      }
    }

    /// Frees the slot when it is deallocated.
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

  /// Starts a backup of the ledger as it is at this moment.
  ///
  /// When this returns, the service event `backup` is durable. No byte of the backup was read before that.
  ///
  /// - Throws: `forbidden` if the caller is not an admin, or `busy` while another backup is in progress.
  package func make(for caller: Caller) async throws(ServiceError) -> Backup {
    guard Policy.permits(caller, .administer) else { throw .forbidden([]) }
    guard let lease = slot.take() else { throw .busy("Another backup is in progress.") }
    try await events.record(ServiceEvent.Content(.backup, actor: caller.actor))
    do { return Backup(copy: try await ledger.copy(), lease: lease) } catch { throw ServiceError(reading: error) }
  }
}

/// A copy of the ledger at one moment: the bytes of a SQLite file that is complete without any other file.
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
