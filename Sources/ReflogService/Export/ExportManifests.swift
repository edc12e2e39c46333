package import ReflogModel
import Synchronization

/// Stores the signed manifests of the newest exports.
///
/// Each manifest is stored under the id that its export got at the beginning.
package final class ExportManifests: Sendable {
  /// The maximum number of manifests that are kept.
  ///
  /// The number is high enough for clients that fetch a manifest directly after the export. A manifest needs about a
  /// kilobyte, so all stored manifests together need about a megabyte.
  package static let kept = 1000

  private struct State {
    var notes: [String: SignedNote] = [:]
    var order: [String] = []
  }

  private let sign: @Sendable (ExportManifest) throws -> SignedNote
  private let state = Mutex(State())

  /// Creates an empty store.
  ///
  /// - Parameter sign: Signs a manifest with the log's key.
  package init(sign: @escaping @Sendable (ExportManifest) throws -> SignedNote) {
    self.sign = sign
  }

  /// Signs and stores the manifest of an export that was downloaded completely.
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
  /// - Throws: `manifestNotFound` if the export was not downloaded completely, or if the manifest was removed because
  ///   of newer manifests.
  package func manifest(_ id: String) throws(ServiceError) -> SignedNote {
    guard let note = state.withLock({ $0.notes[id] }) else { throw .manifestNotFound(id) }
    return note
  }
}
