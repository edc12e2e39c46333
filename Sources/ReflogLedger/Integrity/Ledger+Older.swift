package import ReflogModel
import ReflogStorage

extension Ledger {
  /// Accepts an older copy of the ledger, or another ledger, although the ledger does not match the anchor.
  ///
  /// This method records a service event that contains the checkpoint in the anchor and the possible ids of lost
  /// changes. The method also renames the log, because two different histories must never have the same name. The id of
  /// the next change becomes higher than all ids of lost changes. When this method returns, the event, the name and the
  /// id are durable.
  ///
  /// Call this method before the writer's thread starts, and only if ``History/hasAccepted(_:)`` returns false.
  ///
  /// - Parameters:
  ///   - anchored: The checkpoint in the anchor.
  ///   - origin: The log's new name.
  ///   - key: The key that signs the log from this event on. The key must already be durable.
  package func acceptOlder(
    than anchored: Checkpoint,
    as origin: Origin,
    signedBy key: SigningKey
  ) throws(LedgerError) {
    let context = LedgerContext(once: key, clock: context.clock)
    do {
      try store.setUp { db, rows in
        let session = try LedgerSession(db, rows, context, isTrusted: true)
        try session.begin([])
        // The head row of the copy was not verified. So the tree is computed from the entries, and the tree in the head
        // row is not used.
        session.head.frontier = try MerkleFrontier(size: session.head.nextSequence) { try LogRows.hash(of: $0, db) }
        // An unfinished purge in the copy must not continue, because the copy lacks legal holds that were placed after
        // the copy was made. The purge could delete history that such a lost hold covers.
        try session.endPurge()
        let next = session.head.nextChange
        // The next id must be higher than all ids of lost changes. Each entry records at most one change, so usually no
        // id is higher than the number of entries that the anchor covers. But this ledger can already have higher ids
        // than entries, for example because changes were lost before. Then each lost entry can have used one id from
        // `next` on. The highest of these limits is used.
        let free = max(next, anchored.size + 1, next + max(0, anchored.size - session.head.nextSequence))
        try session.record(Self.acceptance(of: anchored, as: origin, lost: next..<free))
        try session.rename(to: origin)
        session.head.nextChange = free
        try session.end()
      }
    } catch {
      throw LedgerError(error)
    }
  }

  /// Returns the service event that records that an older ledger was accepted.
  private static func acceptance(
    of anchored: Checkpoint,
    as origin: Origin,
    lost: Range<Int64>
  ) -> ServiceEvent.Content {
    var details: JSONObject = [
      "anchoredOrigin": .string(anchored.origin.text), "anchoredSize": .integer(anchored.size),
      "anchoredRoot": .string(anchored.root.base64), "origin": .string(origin.text),
    ]
    if !lost.isEmpty {
      var ids = IDRanges()
      ids.append(lost.lowerBound...lost.upperBound - 1)
      details["lostChanges"] = .string(ids.text)
    }
    return ServiceEvent.Content(.olderLedgerAccepted, details: details)
  }

  /// Returns a new, unique name for a log: the name in a checkpoint, followed by a random text.
  ///
  /// The new name is needed if the log lacks entries that the checkpoint covers, or if the key of the log was lost.
  package static func origin(after anchored: Checkpoint) throws(LedgerError) -> Origin {
    do { return try Origin("\(anchored.origin.text)-\(randomSuffix())") } catch { throw LedgerError(error) }
  }
}

extension History {
  /// Returns whether this ledger was already accepted although the ledger does not match this checkpoint.
  package func hasAccepted(_ anchored: Checkpoint) async throws(LedgerError) -> Bool {
    try await read { db in
      let event = try EventRows.newestOfKeys("kind = 'olderLedgerAccepted'", db)
      guard let details = event?.content.details else { return false }
      let origin = try LogRows.origin(db).text
      return details["anchoredRoot"]?.string == anchored.root.base64
        && details["anchoredSize"]?.wholeNumber == anchored.size
        && details["origin"]?.string == origin
        && details["origin"]?.string != details["anchoredOrigin"]?.string
    }
  }
}
