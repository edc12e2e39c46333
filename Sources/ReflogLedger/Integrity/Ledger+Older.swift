import GRDB
package import ReflogModel
package import ReflogStorage

extension Ledger {
  /// Takes an older copy of a ledger into use, or another one, although its anchor says that more was signed, or something else.
  ///
  /// Records what the anchor says is lost, gives the log another name, so that nobody was told two histories of one, and jumps
  /// the ids of changes past all that the lost ones can have had. When this returns, that is durable; done again, it does nothing
  /// more. Call it before the storage's writer runs.
  package func acceptOlder(than anchored: Checkpoint, in storage: Storage) throws(LedgerError) {
    let now = clock()
    let newOrigin = Self.origin(after: anchored)
    do {
      try storage.setUp { db in
        guard try !Self.hasAccepted(anchored, db) else { return }
        let transaction = try LedgerTransaction(db, notBefore: now)
        // The newest ones may have been purged.
        let newest = try Int64.fetchOne(db, sql: "SELECT max(change) FROM entry") ?? 0
        var details: JSONObject = [
          "anchoredOrigin": .string(anchored.origin.text), "anchoredSize": .integer(anchored.size),
          "anchoredRoot": .string(anchored.root.base64), "origin": .string(newOrigin),
        ]
        if newest < anchored.size {
          var lost = IDRanges()
          lost.append(newest + 1...anchored.size)
          details["lostChanges"] = .string(lost.text)
        }
        try transaction.insert(ServiceEvent.Content(.olderLedgerAccepted, details: details))
        try db.execute(sql: "UPDATE ledger SET origin = ?", arguments: [newOrigin])
        // It was signed in the other name.
        try db.execute(sql: "DELETE FROM checkpoint")
        try Self.jump(pastChange: anchored.size, db)
      }
    } catch {
      throw LedgerError(error)
    }
  }

  private static func hasAccepted(_ anchored: Checkpoint, _ db: Database) throws -> Bool {
    let newest = try String.fetchOne(
      db,
      sql: "SELECT details FROM service_event WHERE kind = 'olderLedgerAccepted' ORDER BY id DESC LIMIT 1"
    )
    guard let details = try newest.flatMap({ try JSONValue(parsing: $0.utf8).object }) else { return false }
    return details["anchoredRoot"]?.string == anchored.root.base64
      && details["anchoredSize"]?.wholeNumber == anchored.size
  }

  private static func jump(pastChange id: Int64, _ db: Database) throws {
    try db.execute(sql: "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'change'", arguments: [id])
    guard db.changesCount == 0 else { return }
    try db.execute(sql: "INSERT INTO sqlite_sequence (name, seq) VALUES ('change', ?)", arguments: [id])
  }

  /// A name that no other log has.
  private static func origin(after anchored: Checkpoint) -> String {
    "\(anchored.origin.text)-\(randomSuffix())"
  }
}
