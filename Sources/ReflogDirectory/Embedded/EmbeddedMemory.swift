import ReflogModel
import Synchronization

/// A cache of references and connectors, so that a change needs no read of the directory's file.
///
/// It is filled from the file, and updated after each commit.
final class EmbeddedMemory: Sendable {
  /// The most references, and the most connectors, in the cache: some hundred bytes each.
  ///
  /// If there are more, the whole cache is emptied.
  private static let capacity = 8192

  private struct State {
    var references: [Address: ConnectorReference] = [:]
    var connectors: [ConnectorID: DirectoryConnector] = [:]
    /// Counts how often something was removed, so that an older read is not cached after that.
    var generation = 0

    mutating func forget() {
      references.removeAll()
      connectors.removeAll()
      generation += 1
    }
  }

  private let state = Mutex(State())

  /// The generation to pass to ``remember(_:at:of:)``, taken before the read.
  var generation: Int { state.withLock { $0.generation } }

  func reference(at address: Address) -> ConnectorReference? { state.withLock { $0.references[address] } }
  func connector(_ id: ConnectorID) -> DirectoryConnector? { state.withLock { $0.connectors[id] } }

  /// Caches a reference that was read, unless a commit changed the cache since the read began.
  func remember(_ reference: ConnectorReference, at address: Address, of generation: Int) {
    state.withLock { state in
      guard state.generation == generation, state.references[address] == nil else { return }
      if state.references.count >= Self.capacity { state.forget() }
      state.references[address] = reference
    }
  }

  /// Caches a connector that was read, unless a commit changed the cache since the read began.
  func remember(_ connector: DirectoryConnector, of generation: Int) {
    state.withLock { state in
      guard state.generation == generation else { return }
      if state.connectors.count >= Self.capacity { state.forget() }
      state.connectors[connector.id] = connector
    }
  }

  /// Updates the cache with durable writes.
  func update(_ writes: [DirectoryWrite]) {
    state.withLock { state in
      for write in writes {
        guard case .setReference(let address, let reference) = write else {
          state.forget()
          continue
        }
        if state.references.count >= Self.capacity { state.forget() }
        let name = reference.connectorID.flatMap { state.connectors[$0]?.reference }
        if let reference = name ?? (reference.connectorID == nil ? reference : nil) {
          state.references[address] = reference
        } else {
          state.references[address] = nil
          state.generation += 1
        }
      }
    }
  }
}
