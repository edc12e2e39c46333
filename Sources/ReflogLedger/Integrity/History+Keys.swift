package import ReflogModel
import ReflogStorage

extension History {
  /// The recorded rotations of the key that signs the log, oldest first.
  package func keyRotations() async throws(LedgerError) -> [KeyRotation] {
    try await read { db in
      try EventRows.checked("kind = 'keyRotated' ORDER BY service_event.id", [], db).map { event in
        guard let from = event.content.details["from"]?.string, let to = event.content.details["to"]?.string else {
          throw LedgerError.corrupt("a rotation of the key that names no keys")
        }
        return KeyRotation(from: try VerifierKey(from), to: try VerifierKey(to), sequence: event.sequence)
      }
    }
  }
}

/// A change of the key that signs the log.
package struct KeyRotation: Sendable {
  package let from: VerifierKey
  package let to: VerifierKey
  /// The number of the entry that records it.
  let sequence: Int64
}
