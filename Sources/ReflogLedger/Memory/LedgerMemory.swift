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
    var addresses: [Address: KnownAddress] = [:]
    /// The change that is under way at a connector, or nil if there is none.
    var connectors: [ConnectorID: Change?] = [:]
    /// Counts what was forgotten, and what was appended that was not in memory: what was read before is not remembered after it.
    var generation = 0
  }

  private struct KnownAddress {
    var state: AddressState
    var writes: RecentWrites
  }

  private let state = Mutex(State())

  /// Whether a read of the directory may be stale, so that recent writes count.
  private let keepsWrites: Bool

  init(keepsWrites: Bool) {
    self.keepsWrites = keepsWrites
  }

  /// Which state of the memory it is; see ``remember(_:at:of:)``.
  var generation: Int { state.withLock { $0.generation } }

  func state(of address: Address) -> AddressState? {
    state.withLock { $0.addresses[address]?.state }
  }

  /// The writes at an address at this moment or later; nil where that is not known.
  func writes(at address: Address, since moment: Timestamp) -> [RecentWrite]? {
    guard keepsWrites else { return nil }
    return state.withLock { $0.addresses[address]?.writes.since(moment) }
  }

  /// The change that is under way at a connector: nil inside where there is none, nil where that is not known.
  func pending(of connector: ConnectorID) -> Change?? {
    state.withLock { $0.connectors[connector] }
  }

  /// Remembers what was read from the file, unless something was forgotten since the reading began, or appended that was not in memory.
  /// What is in memory by now stays: it may be newer.
  func remember(_ read: (AddressState, RecentWrites), at address: Address, of generation: Int) {
    state.withLock { state in
      guard state.generation == generation, state.addresses[address] == nil else { return }
      if state.addresses.count >= Self.capacity {
        state.addresses.removeAll()
        state.generation += 1
      }
      state.addresses[address] = KnownAddress(state: read.0, writes: read.1)
    }
  }

  func remember(pending: Change?, of connector: ConnectorID, of generation: Int) {
    state.withLock { state in
      guard state.generation == generation, state.connectors[connector] == nil else { return }
      if state.connectors.count >= Self.capacity {
        state.connectors.removeAll()
        state.generation += 1
      }
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
          guard state.addresses[address]?.state.take(change) != nil else {
            state.generation += 1
            continue
          }
          if keepsWrites { state.addresses[address]?.writes.take(change) }
        case .connector:
          guard let id = change.intent.before.connectorID else { continue }
          if state.connectors[id] == nil {
            state.generation += 1
          } else {
            state.connectors[id] = .some(change.result == .pending ? change : nil)
          }
        }
      }
      for case (.reference(let address, let reference), let time) in sightings {
        if state.addresses[address]?.state.take(reference, at: time) == nil { state.generation += 1 }
      }
    }
  }
}
