import GRDB
package import ReflogModel

extension History {
  /// The rotations of the key that are on record, oldest first: from which key to which.
  package func keyRotations() async throws(LedgerError) -> [(from: VerifierKey, to: VerifierKey)] {
    try await read { db in
      try String.fetchAll(
        db,
        sql: "SELECT details FROM service_event WHERE kind = 'keyRotated' ORDER BY id"
      ).map { text in
        guard let details = try JSONValue(parsing: text.utf8).object, let from = details["from"]?.string,
          let to = details["to"]?.string
        else { throw LedgerError.corrupt("a rotation of the key names no keys") }
        return (try VerifierKey(from), try VerifierKey(to))
      }
    }
  }
}
