package import ReflogModel
import Synchronization

/// The signed manifests of the last exports, by the id that each was given when it began.
package final class ExportManifests: Sendable {
  /// Enough for whoever fetches one right behind its export; each takes about a kilobyte.
  package static let kept = 1000

  private struct State {
    var notes: [String: SignedNote] = [:]
    var order: [String] = []
  }

  private let sign: @Sendable (ExportManifest) throws -> SignedNote
  private let state = Mutex(State())

  /// - Parameter sign: signs with the log's key.
  package init(sign: @escaping @Sendable (ExportManifest) throws -> SignedNote) {
    self.sign = sign
  }

  /// Signs the manifest of an export that was taken whole, and keeps it.
  package func keep(_ manifest: ExportManifest, as id: String) throws {
    let note = try sign(manifest)
    state.withLock { state in
      if state.order.count >= Self.kept { state.notes[state.order.removeFirst()] = nil }
      state.notes[id] = note
      state.order.append(id)
    }
  }

  /// The manifest of an export. Throws `manifestNotFound`.
  package func manifest(_ id: String) throws(ServiceError) -> SignedNote {
    guard let note = state.withLock({ $0.notes[id] }) else { throw .manifestNotFound(id) }
    return note
  }
}
