import ReflogModel
import Synchronization

/// What the ledger knows of addresses and connectors that were in use lately, so that a change needs no read of the file.
///
/// It is filled from the file, and updated with each commit. It need not be trusted: what a change was prepared on is checked again in
/// the transaction that records it.
final class LedgerMemory: Sendable {
  /// More than this is forgotten and read again: some kilobytes each.
  private static let capacity = 8192

  private struct State {
    var addresses: [Address: AddressState] = [:]
    /// The change that is under way at a connector, or nil if there is none.
    var connectors: [ConnectorID: Change?] = [:]
    /// Counts what was forgotten, and what was appended that was not in memory: what was read before is not remembered after it.
    var generation = 0
  }

  private let state = Mutex(State())

  /// Which state of the memory it is; see ``remember(_:at:of:)``.
  var generation: Int { state.withLock { $0.generation } }

  func state(of address: Address) -> AddressState? {
    state.withLock { $0.addresses[address] }
  }

  /// The change that is under way at a connector: nil inside where there is none, nil where that is not known.
  func pending(of connector: ConnectorID) -> Change?? {
    state.withLock { $0.connectors[connector] }
  }

  /// Remembers what was read from the file, unless something was forgotten since the reading began, or appended that was not in memory.
  func remember(_ read: AddressState, at address: Address, of generation: Int) {
    state.withLock { state in
      guard state.generation == generation else { return }
      if state.addresses.count >= Self.capacity { state.addresses.removeAll() }
      state.addresses[address] = read
    }
  }

  func remember(pending: Change?, of connector: ConnectorID, of generation: Int) {
    state.withLock { state in
      guard state.generation == generation else { return }
      if state.connectors.count >= Self.capacity { state.connectors.removeAll() }
      state.connectors[connector] = .some(pending)
    }
  }

  /// Forgets an address: a transaction found something else there.
  func forget(_ address: Address) {
    state.withLock { state in
      state.addresses[address] = nil
      state.generation += 1
    }
  }

  /// Takes in what a transaction made durable.
  func update(_ changes: [Change], _ sightings: [(Sighting, Timestamp)], forgetting: Bool) {
    state.withLock { state in
      if forgetting {
        state.addresses.removeAll()
        state.connectors.removeAll()
        state.generation += 1
        return
      }
      for change in changes {
        switch change.intent.subject {
        case .step(let address):
          if state.addresses[address]?.take(change) == nil { state.generation += 1 }
        case .connector:
          guard let id = change.intent.before.connectorID else { continue }
          if state.connectors[id] == nil { state.generation += 1 } else {
            state.connectors[id] = .some(change.result == .pending ? change : nil)
          }
        }
      }
      for case (.reference(let address, let reference), let time) in sightings {
        state.addresses[address]?.take(reference, at: time)
      }
    }
  }
}
