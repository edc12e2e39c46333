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

    mutating func take(_ change: Change, of connector: ConnectorID) {
      guard let known = connectors[connector] else {
        generation += 1
        return
      }
      if change.result == .pending {
        connectors[connector] = .some(change)
      } else if known?.id == change.id {
        connectors[connector] = .some(nil)
      }
    }

    mutating func forget() {
      addresses.removeAll()
      connectors.removeAll()
      generation += 1
    }
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
  ///
  /// - Parameter newestTime: the time of the newest entry when it was read.
  func remember(_ read: AddressState, at address: Address, asOf newestTime: Timestamp, of generation: Int) {
    state.withLock { state in
      guard state.generation == generation, state.addresses[address] == nil else { return }
      if state.addresses.count >= Self.capacity {
        state.addresses.removeAll()
        state.generation += 1
      }
      state.addresses[address] = KnownAddress(state: read, writes: RecentWrites(knownSince: newestTime.next))
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

  /// Forgets everything: a transaction found something else than this says, or history was erased or purged.
  func forget() {
    state.withLock { $0.forget() }
  }

  /// Takes in what a transaction made durable.
  func update(_ changes: [Change], _ observations: [(Observation, Timestamp)], forgetting: Bool) {
    state.withLock { state in
      if forgetting { return state.forget() }
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
          state.take(change, of: id)
        }
      }
      for case (.reference(let address, let reference), let time) in observations {
        if state.addresses[address]?.state.take(reference, at: time) == nil { state.generation += 1 }
      }
    }
  }
}
