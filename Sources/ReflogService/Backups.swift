package import ReflogLedger
package import ReflogModel
import Synchronization

/// Copies of the ledger on behalf of admins, one at a time.
package final class Backups: Sendable {
  private let ledger: Ledger
  private let events: EventRecorder
  private let slot = Slot()

  /// Held by the one copy that there is, until it was taken or given up.
  fileprivate final class Slot: Sendable {
    private let isTaken = Mutex(false)

    /// Nothing where somebody holds it.
    func take() -> Lease? {
      isTaken.withLock { isTaken in
        defer { isTaken = true }
        return isTaken ? nil : Lease(slot: self)
      }
    }

    final class Lease: Sendable {
      private let slot: Slot

      init(slot: Slot) {
        self.slot = slot
      }

      deinit { slot.isTaken.withLock { $0 = false } }
    }
  }

  package init(ledger: Ledger, events: EventRecorder) {
    self.ledger = ledger
    self.events = events
  }

  /// The ledger as it is at one moment; that somebody takes it is on record before the first byte leaves. Throws `busy` while
  /// another copy is made or taken.
  package func make(for caller: Caller) async throws(ServiceError) -> Backup {
    guard Policy.permits(caller, .administer) else { throw .forbidden([]) }
    guard let lease = slot.take() else { throw .busy("Another backup is being made or taken.") }
    try await events.record(ServiceEvent.Content(.backup, actor: caller.actor))
    do { return Backup(copy: try await ledger.copy(), lease: lease) } catch { throw ServiceError(reading: error) }
  }
}

/// The ledger as it was at one moment, as the bytes of a SQLite file that is complete on its own.
package struct Backup: Sendable {
  fileprivate let copy: LedgerCopy
  fileprivate let lease: Backups.Slot.Lease

  package var byteCount: Int { copy.byteCount }

  /// The next piece; nothing at the end.
  package func next() throws(ServiceError) -> [UInt8]? {
    do { return try copy.next() } catch { throw ServiceError(reading: error) }
  }
}
