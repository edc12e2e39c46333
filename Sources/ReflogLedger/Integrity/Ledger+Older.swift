package import ReflogModel
import ReflogStorage

extension Ledger {
  /// Takes an older copy of a ledger into use, or another one, although its anchor says that more was signed, or something else.
  ///
  /// Records what the anchor says is lost, gives the log another name, so that no two histories have one name, and jumps the ids of
  /// changes past all that the lost ones can have had. When this returns, that is durable; done again, it does nothing more. Call it
  /// before the writer's thread runs.
  ///
  /// - Parameters:
  ///   - origin: the log's name from now on.
  ///   - key: signs the log from now on; it must be on disk.
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
        // The copy is taken as its entries are: nothing has verified what the head says of them.
        session.head.frontier = try MerkleFrontier(size: session.head.nextSequence) { try LogRows.hash(of: $0, db) }
        // What may go was decided when the copy was taken, and holds may have been placed since.
        try session.endPurge()
        let next = session.head.nextChange
        // Each entry is about one change at most, so the lost ones had ids below both of these. A purge may have raised the ids of an
        // older ledger above the number of its entries.
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

  /// A name for a log that goes on after this checkpoint was lost; no other log has it.
  package static func origin(after anchored: Checkpoint) throws(LedgerError) -> Origin {
    do { return try Origin("\(anchored.origin.text)-\(randomSuffix())") } catch { throw LedgerError(error) }
  }
}

extension History {
  /// Whether this ledger was taken into use although this checkpoint was signed.
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
