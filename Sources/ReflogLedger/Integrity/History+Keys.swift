import GRDB
package import ReflogModel

extension History {
  /// The rotations of the key that are on record, oldest first: from which key to which.
  package func keyRotations() async throws(LedgerError) -> [KeyRotation] {
    try await read { db in
      try EventRows.logged("kind = 'keyRotated' ORDER BY service_event.id", [], db).map { event in
        guard let from = event.content.details["from"]?.string, let to = event.content.details["to"]?.string else {
          throw LedgerError.corrupt("a rotation of the key names no keys")
        }
        return KeyRotation(from: try VerifierKey(from), to: try VerifierKey(to), sequence: event.sequence)
      }
    }
  }
}

/// From which key to which the log went over, as its entry of this number says.
package struct KeyRotation: Sendable {
  package let from: VerifierKey
  package let to: VerifierKey
  let sequence: Int64
}
