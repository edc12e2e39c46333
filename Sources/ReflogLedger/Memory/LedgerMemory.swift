import ReflogModel
import Synchronization

/// A cache of the states of recently used addresses and connectors, so most changes are prepared without a read.
///
/// The cache is filled from the file and updated with each commit. A stale state in the cache does no harm, because the
/// transaction that records a change compares the state with the file.
final class LedgerMemory: Sendable {
  /// The maximum number of addresses in memory, which is also the maximum number of connectors in memory.
  ///
  /// An address or a connector needs some kilobytes.
  ///
  /// When the maximum is reached, all addresses and connectors are dropped from memory. An address or a connector is
  /// read from the file again when it is needed.
  private static let capacity = 8192

  private struct State {
    var addresses: [Address: KnownAddress] = [:]
    /// The pending change of each connector in memory; the change is nil if the connector has none.
    var connectors: [ConnectorID: Change?] = [:]
    /// A number that shows whether the result of a running read of the file may be stale.
    ///
    /// The number increases when all states are dropped from memory. The number also increases when a change is
    /// appended and the address or the connector of the change is not in memory.
    ///
    /// If the number increased after a read began, the result of the read may be stale and is not stored.
    var generation = 0

    /// Updates the pending change of a connector with a change that was recorded or settled.
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

    /// Drops all states from memory.
    mutating func forget() {
      addresses.removeAll()
      connectors.removeAll()
      generation += 1
    }
  }

  /// The state and the recent writes of an address in memory.
  private struct KnownAddress {
    var state: AddressState
    var writes: RecentWrites
  }

  private let state = Mutex(State())

  /// Whether reads of the directory may be stale.
  ///
  /// If true, recent writes are kept in memory, to recognize a stale read.
  private let keepsWrites: Bool

  /// Creates an empty memory.
  init(keepsWrites: Bool) {
    self.keepsWrites = keepsWrites
  }

  /// A number that increases when the result of a running read of the file may become stale.
  ///
  /// See ``remember(_:at:asOf:of:)``.
  var generation: Int { state.withLock { $0.generation } }

  /// Returns the state of an address, or nil if it is not in memory.
  func state(of address: Address) -> AddressState? {
    state.withLock { $0.addresses[address]?.state }
  }

  /// Returns the writes at an address at or after a moment, or nil if memory may lack such a write.
  func writes(at address: Address, since moment: Timestamp) -> [RecentWrite]? {
    guard keepsWrites else { return nil }
    return state.withLock { $0.addresses[address]?.writes.since(moment) }
  }

  /// Returns the pending change of a connector.
  ///
  /// The result has two levels of optionals. The outer optional is nil if the connector is not in memory. The inner
  /// optional is nil if the connector is in memory and has no pending change.
  func pending(of connector: ConnectorID) -> Change?? {
    state.withLock { $0.connectors[connector] }
  }

  /// Stores a state that was read from the file; does nothing if the generation changed after the read began.
  ///
  /// A state that is already in memory is not replaced, because it may be newer.
  ///
  /// - Parameters:
  ///   - read: The state that was read.
  ///   - address: The address.
  ///   - newestTime: The time of the newest entry when the state was read.
  ///   - generation: The value of ``generation`` that the caller read before the read of the state began.
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

  /// Stores the pending change of a connector; does nothing if the generation changed after the read began.
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

  /// Drops all states from memory.
  ///
  /// Call this method after a transaction found that a state in the file differs from the state in memory, or after a
  /// purge or an erasure.
  func forget() {
    state.withLock { $0.forget() }
  }

  /// Updates the memory with the changes and the observations that a transaction made durable.
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
