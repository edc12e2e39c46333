import ReflogModel
import Synchronization

/// What the embedded directory answered lately, so that a change needs no read of its file.
///
/// It is filled from the file, and updated with each commit.
final class EmbeddedMemory: Sendable {
  /// More than this is forgotten and read again: some hundred bytes each.
  private static let capacity = 8192

  private struct State {
    var references: [Address: ConnectorReference] = [:]
    var connectors: [ConnectorID: DirectoryConnector] = [:]
    /// Counts what was forgotten, so that what was read before is not remembered after it.
    var generation = 0

    mutating func forget() {
      references.removeAll()
      connectors.removeAll()
      generation += 1
    }
  }

  private let state = Mutex(State())

  var generation: Int { state.withLock { $0.generation } }

  func reference(at address: Address) -> ConnectorReference? { state.withLock { $0.references[address] } }
  func connector(_ id: ConnectorID) -> DirectoryConnector? { state.withLock { $0.connectors[id] } }

  /// Remembers what was read, unless a commit has brought something newer.
  func remember(_ reference: ConnectorReference, at address: Address, of generation: Int) {
    state.withLock { state in
      guard state.generation == generation, state.references[address] == nil else { return }
      if state.references.count >= Self.capacity { state.forget() }
      state.references[address] = reference
    }
  }

  func remember(_ connector: DirectoryConnector, of generation: Int) {
    state.withLock { state in
      guard state.generation == generation else { return }
      if state.connectors.count >= Self.capacity { state.forget() }
      state.connectors[connector.id] = connector
    }
  }

  /// Takes in writes that are durable now.
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
