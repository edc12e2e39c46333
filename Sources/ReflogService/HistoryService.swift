package import ReflogLedger
package import ReflogModel

/// Answers questions about history, for the server as for the command line.
package struct HistoryService: Sendable {
  private let history: History

  package init(history: History) {
    self.history = history
  }

  /// Opens a ledger's file for reading alone, without a server.
  package init(readingFileAt path: String) throws {
    history = try History(readingFileAt: path)
  }

  /// One change, as it was logged. Throws `changeNotFound`, or `changePurged` where it was there.
  package func change(_ id: Change.ID) async throws(ServiceError) -> Change {
    do {
      if let change = try await history.change(id) { return change }
    } catch {
      throw ServiceError(reading: error)
    }
    throw await missing(id)
  }

  /// Why there is no change of this id.
  private func missing(_ id: Change.ID) async -> ServiceError {
    do {
      return try await history.hasPurged(id) ? .changePurged(id) : .changeNotFound(id)
    } catch {
      return ServiceError(reading: error)
    }
  }

  /// How long a page is looked for where no index helps; then it has what was found, and a link to go on.
  private static let pagePatience = Duration.seconds(1)
  /// How long changes are counted.
  private static let countPatience = Duration.seconds(20)

  /// A page of what is asked for. Changes that come while somebody pages do not shift it. It may have fewer changes than
  /// `size`, or none, and still a next one: where no index answers the question, history is looked through bit by bit.
  package func page(_ query: ChangeQuery, behind: Change.ID?, size: Int) async throws(ServiceError) -> ChangePage {
    do {
      let found = try await history.piece(
        of: query,
        behind: behind,
        limit: size + 1,
        patience: Self.pagePatience
      )
      let changes = Array(found.changes.prefix(size))
      return ChangePage(changes: changes, next: found.changes.count > size ? changes.last?.id : found.end)
    } catch {
      throw ServiceError(reading: error)
    }
  }

  /// How many changes there are of what is asked for. Throws `questionTooBroad` where that takes too long.
  package func count(_ query: ChangeQuery) async throws(ServiceError) -> Int {
    let count: Int?
    do { count = try await history.count(query, patience: Self.countPatience) } catch {
      throw ServiceError(reading: error)
    }
    guard let count else { throw .questionTooBroad }
    return count
  }

  /// The newest changes at an address that made a difference and were settled before a moment, or at all; newest first.
  package func effectiveChanges(
    at address: Address,
    settledBefore end: Timestamp?,
    limit: Int
  ) async throws(ServiceError) -> [Change] {
    do { return try await history.effectiveChanges(at: address, settledBefore: end, limit: limit) } catch {
      throw ServiceError(reading: error)
    }
  }

  /// The newest rollback of a change that was applied or may still be; nothing where there is none.
  package func rollback(of id: Change.ID) async throws(ServiceError) -> Change? {
    do { return try await history.rollback(of: id) } catch { throw ServiceError(reading: error) }
  }

  /// The change that is under way at an address; nothing where none is.
  package func pendingChange(at address: Address) async throws(ServiceError) -> Change? {
    do { return try await history.pendingChange(at: address) } catch { throw ServiceError(reading: error) }
  }

  /// What every address that the ledger has seen held at a moment.
  ///
  /// - Parameter flows: those of these flows alone.
  package func configurations(
    asOf moment: Timestamp,
    of flows: [FlowName]? = nil
  ) async throws(ServiceError) -> [ConnectorConfiguration] {
    do { return try await history.configurations(asOf: moment, of: flows) } catch { throw ServiceError(reading: error) }
  }

  /// All flows that the ledger has seen a step of, in order.
  package func flows() async throws(ServiceError) -> [FlowName] {
    do { return try await history.flows() } catch { throw ServiceError(reading: error) }
  }

  /// The newest signed checkpoint of the log, and the key that signed it. Throws `notSignedYet` before the first.
  package func checkpoint() async throws(ServiceError) -> (note: String, key: String) {
    do {
      if let (_, note, key) = try await history.checkpoint() { return (note, key) }
    } catch {
      throw ServiceError(reading: error)
    }
    throw .notSignedYet
  }

  /// The log's name.
  package func origin() async throws(ServiceError) -> Origin {
    do { return try await history.origin() } catch { throw ServiceError(reading: error) }
  }

  /// The newest signed checkpoint; nothing before the first.
  package func newestCheckpoint() async throws(ServiceError) -> String? {
    do { return try await history.checkpoint()?.note } catch { throw ServiceError(reading: error) }
  }

  /// The bytes of a tile of the log; nothing where the newest checkpoint does not cover it.
  package func tile(_ tile: Tile) async throws(ServiceError) -> [UInt8]? {
    do { return try await history.tile(tile) } catch { throw ServiceError(reading: error) }
  }

  /// The canonical records of a change, in the order of its entries.
  package func records(of id: Change.ID) async throws(ServiceError) -> [[UInt8]] {
    do {
      if let records = try await history.records(of: id) { return records }
    } catch {
      throw ServiceError(reading: error)
    }
    throw await missing(id)
  }

  /// The receipt of a change: what shows that its newest entry is in the log. Throws `notSignedYet` while no checkpoint covers
  /// that.
  package func proof(of id: Change.ID) async throws(ServiceError) -> TransparencyProof {
    _ = try await change(id)
    do {
      if let proof = try await history.proof(of: id) { return proof }
    } catch {
      throw ServiceError(reading: error)
    }
    throw .notSignedYet
  }

  /// What ties the links to next pages to this ledger.
  package func cursorKey() async throws(ServiceError) -> [UInt8] {
    do { return try await history.cursorKey() } catch { throw ServiceError(reading: error) }
  }

  package func status() async throws(ServiceError) -> LedgerStatus {
    do { return try await history.status() } catch { throw ServiceError(reading: error) }
  }

  /// All that is asked for as it stands when the first piece is taken, oldest first.
  ///
  /// - Parameter entry: only what has a newer entry than this.
  package func export(_ query: ChangeQuery = ChangeQuery(), afterEntry entry: Int64? = nil) -> HistoryExport {
    HistoryExport(history: history, query: query, afterEntry: entry)
  }

  /// A page of what happened to Reflog itself: at most `size` events behind the one with this id, and the id behind which the
  /// next page begins. It may have fewer, where few of many are asked for.
  package func events(
    _ query: EventQuery,
    behind: Int64?,
    size: Int
  ) async throws(ServiceError) -> (page: [ServiceEvent], next: Int64?) {
    let start = ContinuousClock.now
    var (found, bound): ([ServiceEvent], Int64?) = ([], behind)
    while true {
      let piece = try await events(query.isAscending, behind: bound)
      found += piece.filter { query.filter?.matches($0) ?? true }
      if found.count > size { return (Array(found.prefix(size)), found[size - 1].id) }
      guard piece.count == Self.eventsRead, let last = piece.last?.id else { return (found, nil) }
      if ContinuousClock.now - start > Self.pagePatience { return (found, last) }
      bound = last
    }
  }

  /// How many events there are of what is asked for. Throws `questionTooBroad` where that takes too long.
  package func count(_ query: EventQuery) async throws(ServiceError) -> Int {
    let start = ContinuousClock.now
    var (count, bound): (Int, Int64?) = (0, nil)
    while true {
      let piece = try await events(true, behind: bound)
      count += piece.count { query.filter?.matches($0) ?? true }
      guard piece.count == Self.eventsRead, let last = piece.last?.id else { return count }
      guard ContinuousClock.now - start < Self.countPatience else { throw .questionTooBroad }
      bound = last
    }
  }

  private func events(_ isAscending: Bool, behind id: Int64?) async throws(ServiceError) -> [ServiceEvent] {
    do {
      return isAscending
        ? try await history.oldestEvents(after: id ?? 0, upTo: .max, limit: Self.eventsRead)
        : try await history.newestEvents(before: id, limit: Self.eventsRead)
    } catch {
      throw ServiceError(reading: error)
    }
  }

  /// Events looked at in one short read: a page at the largest, and one more.
  private static let eventsRead = 1001

  /// All that is asked for as it stands when the first piece is taken, oldest first.
  ///
  /// - Parameter entry: only what has a newer entry than this.
  package func exportEvents(_ filter: EventFilter? = nil, afterEntry entry: Int64? = nil) -> EventExport {
    EventExport(history: history, filter: filter, afterEntry: entry)
  }
}
