package import ReflogModel
import ReflogStorage

extension Ledger {
  /// Accepts an older copy of the ledger, or another ledger, although the anchor does not match it.
  ///
  /// This records what is lost according to the anchor. It gives the log another name, because two histories must never
  /// have the same name. It also raises the next change id above all ids that lost changes can have. When this returns,
  /// all of that is durable. A second call has no effect. Call it before the writer's thread runs.
  ///
  /// - Parameters:
  ///   - anchored: The checkpoint in the anchor.
  ///   - origin: The log's new name.
  ///   - key: The key that signs the log from this entry on. It must be durable.
  package func acceptOlder(
    than anchored: Checkpoint,
    as origin: Origin,
    signedBy key: SigningKey
  ) throws(LedgerError) {
    let context = LedgerContext(
      clock: context.clock,
      signers: LogSigners([key]),
      memory: LedgerMemory(keepsWrites: false),
      onSettled: { _ in }
    )
    do {
      try storage.setUp { db in
        let session = try LedgerSession(db, context, isTrusted: true)
        try session.begin()
        // The tree is computed from the entries of the copy: the head of the copy was not verified.
        session.head.frontier = try MerkleFrontier(size: session.head.nextSequence) { try LogRows.hash(of: $0, db) }
        // The purge was decided when the copy was made. Legal holds may have been placed since.
        try session.endPurge()
        let next = session.head.nextChange
        // Each entry is about at most one change, so the lost changes had ids below both of these numbers. In an older
        // ledger a purge may have raised the ids above the number of its entries.
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

  /// Returns the service event that records the acceptance.
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

  /// Returns a name for the log that continues without the entries of a checkpoint; no other log has this name.
  package static func origin(after anchored: Checkpoint) throws(LedgerError) -> Origin {
    do { return try Origin("\(anchored.origin.text)-\(randomSuffix())") } catch { throw LedgerError(error) }
  }
}

extension History {
  /// Returns whether this ledger was accepted although this checkpoint was signed.
  package func hasAccepted(_ anchored: Checkpoint) async throws(LedgerError) -> Bool {
    try await read { db in
      let events = try EventRows.checked("kind = 'olderLedgerAccepted' ORDER BY service_event.id DESC LIMIT 1", [], db)
      guard let details = events.first?.content.details else { return false }
      let origin = try LogRows.origin(db).text
      return details["anchoredRoot"]?.string == anchored.root.base64
        && details["anchoredSize"]?.wholeNumber == anchored.size
        && details["origin"]?.string == origin
        && details["origin"]?.string != details["anchoredOrigin"]?.string
    }
  }
}
