package import ReflogModel
import Synchronization

/// The signed manifests of the newest exports, by the id that each export got when it began.
package final class ExportManifests: Sendable {
  /// How many manifests are kept: enough to fetch one right after its export.
  ///
  /// Each takes about a kilobyte.
  package static let kept = 1000

  private struct State {
    var notes: [String: SignedNote] = [:]
    var order: [String] = []
  }

  private let sign: @Sendable (ExportManifest) throws -> SignedNote
  private let state = Mutex(State())

  /// Creates an empty store.
  ///
  /// - Parameter sign: signs a manifest with the log's key.
  package init(sign: @escaping @Sendable (ExportManifest) throws -> SignedNote) {
    self.sign = sign
  }

  /// Signs and keeps the manifest of an export that was downloaded completely.
  package func keep(_ manifest: ExportManifest, as id: String) throws {
    let note = try sign(manifest)
    state.withLock { state in
      if state.order.count >= Self.kept { state.notes[state.order.removeFirst()] = nil }
      state.notes[id] = note
      state.order.append(id)
    }
  }

  /// Returns the manifest of an export.
  ///
  /// - Throws: `manifestNotFound` if the export did not end, or is not among the newest ones.
  package func manifest(_ id: String) throws(ServiceError) -> SignedNote {
    guard let note = state.withLock({ $0.notes[id] }) else { throw .manifestNotFound(id) }
    return note
  }
}
