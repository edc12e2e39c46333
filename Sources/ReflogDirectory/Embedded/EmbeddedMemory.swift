import ReflogModel
import Synchronization

/// A cache of references and connectors, so that most changes need no read of the directory's file.
///
/// A read of the file adds a value to the cache, and each commit updates the cache.
final class EmbeddedMemory: Sendable {
  /// The maximum number of references in the cache, and also the maximum number of connectors; each value needs a few
  /// hundred bytes.
  ///
  /// When a maximum is reached, the whole cache is emptied.
  private static let capacity = 8192

  private struct State {
    var references: [Address: ConnectorReference] = [:]
    var connectors: [ConnectorID: DirectoryConnector] = [:]
    /// The number of times that values were removed from the cache.
    ///
    /// If a read of the file began earlier than the newest removal, the result of that read is not cached.
    var generation = 0

    mutating func forget() {
      references.removeAll()
      connectors.removeAll()
      generation += 1
    }
  }

  private let state = Mutex(State())

  /// The current generation.
  ///
  /// Read the generation before you read the file, and pass the generation to ``remember(_:at:of:)`` after the read.
  var generation: Int { state.withLock { $0.generation } }

  func reference(at address: Address) -> ConnectorReference? { state.withLock { $0.references[address] } }
  func connector(_ id: ConnectorID) -> DirectoryConnector? { state.withLock { $0.connectors[id] } }

  /// Caches a reference that was read from the file.
  ///
  /// The reference is not cached if the file may contain a newer reference. There are two cases: the generation changed
  /// after the read began, or a commit has already cached a reference for the address.
  func remember(_ reference: ConnectorReference, at address: Address, of generation: Int) {
    state.withLock { state in
      guard state.generation == generation, state.references[address] == nil else { return }
      if state.references.count >= Self.capacity { state.forget() }
      state.references[address] = reference
    }
  }

  /// Caches a connector that was read from the file.
  ///
  /// The connector is not cached if the generation changed after the read began, because the file may contain newer
  /// values.
  func remember(_ connector: DirectoryConnector, of generation: Int) {
    state.withLock { state in
      guard state.generation == generation else { return }
      if state.connectors.count >= Self.capacity { state.forget() }
      state.connectors[connector.id] = connector
    }
  }

  /// Updates the cache with writes that are durable.
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
