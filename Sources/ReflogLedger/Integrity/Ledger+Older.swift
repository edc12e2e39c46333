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
        let newest =
          try Int64.fetchOne(
            db,
            sql: "SELECT max(coalesce(max(change), 0), coalesce((SELECT max(last) FROM purged_change), 0)) FROM entry"
          ) ?? 0
        var details: JSONObject = [
          "anchoredOrigin": .string(anchored.origin.text), "anchoredSize": .integer(anchored.size),
          "anchoredRoot": .string(anchored.root.base64), "origin": .string(newOrigin),
        ]
        if newest < anchored.size {
          var lost = IDRanges()
          lost.append(newest + 1...anchored.size)
          details["lostChanges"] = .string(lost.text)
        }
        // What may go was decided when the copy was taken, and holds may have been placed since.
        try transaction.endPurge()
        try transaction.insert(ServiceEvent.Content(.olderLedgerAccepted, details: details))
        try db.execute(sql: "UPDATE ledger SET origin = ?", arguments: [newOrigin])
        // It was signed in the other name.
        try db.execute(sql: "DELETE FROM checkpoint")
        try db.execute(sql: "DELETE FROM log_tail")
        try Self.jump(pastChange: anchored.size, db)
      }
    } catch {
      throw LedgerError(error)
    }
  }

  private static func hasAccepted(_ anchored: Checkpoint, _ db: Database) throws -> Bool {
    let events = try EventRows.logged(
      "kind = 'olderLedgerAccepted' ORDER BY service_event.id DESC LIMIT 1",
      [],
      db
    )
    guard let details = events.first?.content.details else { return false }
    let origin = try LogRows.origin(db).text
    return details["anchoredRoot"]?.string == anchored.root.base64
      && details["anchoredSize"]?.wholeNumber == anchored.size
      && details["origin"]?.string == origin
      && details["origin"]?.string != details["anchoredOrigin"]?.string
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
