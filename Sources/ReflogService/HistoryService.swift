package import ReflogLedger
package import ReflogModel

/// Answers queries about history, for the server and for the command line.
package struct HistoryService: Sendable {
  let history: History

  /// Creates a service that reads the history of an open ledger.
  package init(history: History) {
    self.history = history
  }

  /// Checks a change against the log, and returns the change.
  ///
  /// - Throws: `changePurged` if a purge deleted the change, or `changeNotFound` if no change has this id.
  package func change(_ id: Change.ID) async throws(ServiceError) -> Change {
    guard let change = try await reading(await history.change(id)) else { throw await missing(id) }
    return change
  }

  /// Returns the error for a change id that was not found: the change never existed, or a purge deleted it.
  private func missing(_ id: Change.ID) async -> ServiceError {
    do {
      return try await history.hasPurged(id) ? .changePurged(id) : .changeNotFound(id)
    } catch {
      return ServiceError(reading: error)
    }
  }

  /// The maximum time of the search for one page if no index can be used.
  ///
  /// After that time the page contains the changes that were found so far, and a link to continue.
  private static let pageTimeLimit = Duration.seconds(1)
  /// The maximum time of a count.
  package static let countTimeLimit = Duration.seconds(20)

  /// Returns a page of the changes that match a query.
  ///
  /// New changes do not move other changes to another page. If no index can be used, the history is scanned in steps.
  /// Then a page may have fewer changes than `size`, or no changes, although there is a next page.
  ///
  /// - Parameters:
  ///   - query: The filter and the order of the changes.
  ///   - behind: The id of the last change on the previous page, or nil for the first page.
  ///   - size: The maximum number of changes on the page.
  package func page(_ query: ChangeQuery, behind: Change.ID?, size: Int) async throws(ServiceError) -> ChangePage {
    if let behind { try await checkPage(behind: behind) }
    do {
      let found = try await history.piece(
        of: query,
        behind: behind,
        limit: size + 1,
        timeLimit: Self.pageTimeLimit
      )
      let checked = try found.changes()
      let changes = Array(checked.prefix(size))
      guard checked.count <= size else { return ChangePage(changes: changes, next: changes.last?.id) }
      return ChangePage(changes: changes, next: found.end, searched: found.searched)
    } catch {
      throw ServiceError(reading: error)
    }
  }

  /// Returns recorded names that are similar to the texts in a query's filter, if the query matches no change.
  ///
  /// A text has a result only if no recorded name contains the text. The query matches no change if `page` is the first
  /// page, contains no change, and has no next page.
  package func nearestNames(
    to query: ChangeQuery,
    behind: Change.ID?,
    page: ChangePage
  ) async throws(ServiceError) -> [NearestNames] {
    guard let filter = query.filter, behind == nil, page.changes.isEmpty, page.next == nil else { return [] }
    return try await reading(await history.nearestNames(to: filter))
  }

  /// Throws `pageNotInLedger` if the ledger does not have a change with this id yet.
  private func checkPage(behind id: Change.ID) async throws(ServiceError) {
    let newest = try await reading(await history.newestID())
    guard let newest, id <= newest else {
      guard id.number == 0 else { throw .pageNotInLedger }
      return
    }
  }

  /// Returns how many changes match a query.
  ///
  /// - Parameters:
  ///   - query: The filter of the changes.
  ///   - timeLimit: The maximum time of the count.
  /// - Throws: `questionTooBroad` if the count takes too long.
  package func count(
    _ query: ChangeQuery,
    timeLimit: Duration = HistoryService.countTimeLimit
  ) async throws(ServiceError) -> Int {
    let count = try await reading(await history.count(query, timeLimit: timeLimit))
    guard let count else { throw .questionTooBroad }
    return count
  }

  /// Returns the newest effective changes at an address, newest first.
  ///
  /// - Parameters:
  ///   - address: The address whose changes are returned.
  ///   - end: Only changes that were settled before this moment are returned. If the value is nil, there is no limit.
  ///   - limit: The maximum number of changes to return.
  package func effectiveChanges(
    at address: Address,
    settledBefore end: Timestamp?,
    limit: Int
  ) async throws(ServiceError) -> [Change] {
    try await reading(await history.effectiveChanges(at: address, settledBefore: end, limit: limit))
  }

  /// Returns the newest rollback of a change, or nil if the change has no rollback.
  ///
  /// Rollbacks that were not applied, and can't be applied any more, are ignored.
  package func rollback(of id: Change.ID) async throws(ServiceError) -> Change? {
    try await reading(await history.rollback(of: id))
  }

  /// Returns the pending change at an address, or nil if no change is pending.
  package func pendingChange(at address: Address) async throws(ServiceError) -> Change? {
    try await reading(await history.pendingChange(at: address))
  }

  /// Returns the newest signed checkpoint of the log, and the key that signed the checkpoint.
  ///
  /// - Throws: `notSignedYet` if there is no checkpoint yet.
  package func checkpoint() async throws(ServiceError) -> (note: String, key: String) {
    guard let (_, note, key) = try await reading(await history.checkpoint()) else { throw .notSignedYet }
    return (note, key)
  }

  /// Returns the log's name.
  package func origin() async throws(ServiceError) -> Origin {
    try await reading(await history.origin())
  }

  /// Returns the newest signed checkpoint, or nil if there is no checkpoint yet.
  package func newestCheckpoint() async throws(ServiceError) -> String? {
    try await reading(await history.checkpoint()?.note)
  }

  /// Returns the bytes of a tile of the log, or nil if the newest checkpoint does not cover the tile.
  package func tile(_ tile: Tile) async throws(ServiceError) -> [UInt8]? {
    try await reading(await history.tile(tile))
  }

  /// Returns the canonical records of a change, in the order of its entries.
  package func records(of id: Change.ID) async throws(ServiceError) -> [[UInt8]] {
    guard let records = try await reading(await history.records(of: id)) else { throw await missing(id) }
    return records
  }

  /// Returns the receipt of a change: the proof that the log contains the change's newest entry.
  ///
  /// - Throws: `notSignedYet` while no checkpoint covers that entry.
  package func proof(of id: Change.ID) async throws(ServiceError) -> TransparencyProof {
    _ = try await change(id)
    guard let proof = try await reading(await history.proof(of: id)) else { throw .notSignedYet }
    return proof
  }

  /// Returns the secret key with which this ledger signs its cursors, so that the ledger accepts only its own cursors.
  ///
  /// The key contains the log's name. When an older copy of the ledger is accepted, the log gets a new name, and all
  /// earlier cursors become invalid.
  package func cursorKey() async throws(ServiceError) -> [UInt8] {
    try await reading(await history.cursorKey() + Array(history.origin().text.utf8))
  }

  /// Returns the secret key with which this ledger signed cursors while the log had a former name.
  package func cursorKey(of former: KeyReplacement) async throws(ServiceError) -> [UInt8] {
    try await reading(await history.cursorKey() + Array(former.formerOrigin.text.utf8))
  }

  /// Returns the replacements of lost keys, oldest first.
  ///
  /// The log got a new name with each replacement.
  package func keyReplacements() async throws(ServiceError) -> [KeyReplacement] {
    try await reading(await history.keyReplacements())
  }

  /// Returns the rotations of the key that signs the log, oldest first.
  package func keyRotations() async throws(ServiceError) -> [KeyRotation] {
    try await reading(await history.keyRotations())
  }

  /// Returns the position of an entry of this log, or nil if `sequence` is nil.
  package func position(_ sequence: Int64?) async throws(ServiceError) -> LogPosition? {
    guard let sequence else { return nil }
    return LogPosition(sequence, in: try await origin())
  }

  /// Throws an error if an export can't begin at a position.
  ///
  /// The error is `positionNotInLog` if the position belongs to another log or comes after the newest entry of this
  /// log. The error is `positionOfFormerName` if the position has a former name of this log.
  ///
  /// In all these cases, an export that begins at the position would leave out changes.
  package func check(_ position: LogPosition) async throws(ServiceError) {
    let own = try await origin().text
    guard position.origin ?? own == own else {
      let former = try await keyReplacements().first { $0.formerOrigin.text == position.origin }
      guard let former else { throw .positionNotInLog(position, log: own, newest: nil) }
      throw .positionOfFormerName(position, former, log: own)
    }
    let newest = try await status().newestSequence ?? -1
    guard position.sequence <= newest else { throw .positionNotInLog(position, log: own, newest: newest) }
  }

  /// Returns the retention policy, the newest purge and the legal holds. `purge` is nil if there was no purge.
  ///
  /// - Throws: `ledgerDamaged` if the tables with these values differ from the service events.
  package func retentionState() async throws(ServiceError) -> (
    policy: RetentionPolicy, purge: Purge?, holds: [LegalHold]
  ) {
    try await reading(await history.retentionState())
  }

  /// Returns the status of the ledger.
  package func status() async throws(ServiceError) -> LedgerStatus {
    try await reading(await history.status())
  }

  /// Returns an export of the changes that match a query, oldest first.
  ///
  /// The export ends with the change that is the newest when the first piece is read.
  ///
  /// - Parameters:
  ///   - query: The filter for the changes. The order in the query is ignored.
  ///   - entry: The entry after which changes are exported, or nil to export all changes.
  package func export(_ query: ChangeQuery = ChangeQuery(), afterEntry entry: Int64? = nil) -> HistoryExport {
    HistoryExport(history: history.withoutIndex, query: query, afterEntry: entry)
  }

  /// Returns a page of service events, and the id after which the next page begins.
  ///
  /// The page has at most `size` events. If only few of many events match, the page may have fewer events, or no
  /// events, although there is a next page. On the last page, `next` is nil.
  ///
  /// - Parameters:
  ///   - query: The filter and the order of the events.
  ///   - behind: The id of the last event on the previous page, or nil for the first page.
  ///   - size: The maximum number of events on the page.
  package func events(
    _ query: EventQuery,
    behind: Int64?,
    size: Int
  ) async throws(ServiceError) -> (page: [ServiceEvent], next: Int64?) {
    let start = ContinuousClock.now
    var (found, bound): ([ServiceEvent], Int64?) = ([], behind)
    if let behind, try await events(false, behind: nil).first.map({ $0.id < behind }) ?? true {
      throw .pageNotInLedger
    }
    while true {
      let piece = try await events(query.isAscending, behind: bound)
      found += piece.filter { query.filter?.matches($0) ?? true }
      if found.count > size { return (Array(found.prefix(size)), found[size - 1].id) }
      guard piece.count == Self.eventsRead, let last = piece.last?.id else { return (found, nil) }
      if ContinuousClock.now - start > Self.pageTimeLimit { return (found, last) }
      bound = last
    }
  }

  /// Returns how many service events match a query.
  ///
  /// - Throws: `questionTooBroad` if the count takes too long.
  package func count(_ query: EventQuery) async throws(ServiceError) -> Int {
    let start = ContinuousClock.now
    var (count, bound): (Int, Int64?) = (0, nil)
    while true {
      let piece = try await events(true, behind: bound)
      count += piece.count { query.filter?.matches($0) ?? true }
      guard piece.count == Self.eventsRead, let last = piece.last?.id else { return count }
      guard ContinuousClock.now - start < Self.countTimeLimit else { throw .questionTooBroad }
      bound = last
      await Task.yield()
    }
  }

  private func events(_ isAscending: Bool, behind id: Int64?) async throws(ServiceError) -> [ServiceEvent] {
    isAscending
      ? try await reading(await history.oldestEvents(after: id ?? 0, upTo: .max, limit: Self.eventsRead))
      : try await reading(await history.newestEvents(before: id, limit: Self.eventsRead))
  }

  /// The maximum number of events that one read returns: the maximum size of a page plus one.
  private static let eventsRead = 1001

  /// Returns an export of the service events that match a filter, oldest first.
  ///
  /// The export ends with the event that is the newest when the first piece is read.
  ///
  /// - Parameters:
  ///   - filter: The filter for the events, or nil to export events of all kinds.
  ///   - entry: The entry after which events are exported, or nil to export all events.
  package func exportEvents(_ filter: EventFilter? = nil, afterEntry entry: Int64? = nil) -> EventExport {
    EventExport(history: history, filter: filter, afterEntry: entry)
  }
}
