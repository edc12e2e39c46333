package import ReflogModel
import ReflogStorage

extension History {
  /// Returns the recorded rotations of the key that signs the log, oldest first.
  package func keyRotations() async throws(LedgerError) -> [KeyRotation] {
    try await read { db in
      try EventRows.ofKeys("kind = 'keyRotated'", db).map { event in
        guard let from = event.content.details["from"]?.string, let to = event.content.details["to"]?.string else {
          throw LedgerError.corrupt("service event \(event.id) records a key rotation without keys")
        }
        return KeyRotation(from: try VerifierKey(from), to: try VerifierKey(to), sequence: event.sequence)
      }
    }
  }
}

/// A rotation of the key that signs the log.
package struct KeyRotation: Sendable {
  package let from: VerifierKey
  package let to: VerifierKey
  /// The sequence number of the entry that records the rotation.
  let sequence: Int64
}
