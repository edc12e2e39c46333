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

  /// One change. Throws `changeNotFound`.
  package func change(_ id: Change.ID) async throws(ServiceError) -> Change {
    do {
      if let change = try await history.change(id) { return change }
    } catch {
      throw ServiceError(reading: error)
    }
    throw .changeNotFound(id)
  }

  /// A page of what is asked for. Changes that come while somebody pages do not shift it.
  package func page(_ query: ChangeQuery, behind: Change.ID?, size: Int) async throws(ServiceError) -> ChangePage {
    do {
      let found = try await history.page(query, behind: behind, limit: size + 1)
      let changes = Array(found.prefix(size))
      return ChangePage(changes: changes, next: found.count > size ? changes.last?.id : nil)
    } catch {
      throw ServiceError(reading: error)
    }
  }

  /// How many changes there are of what is asked for.
  package func count(_ query: ChangeQuery) async throws(ServiceError) -> Int {
    do { return try await history.count(query) } catch { throw ServiceError(reading: error) }
  }

  /// What every address that the ledger has seen held at a moment.
  package func configurations(asOf moment: Timestamp) async throws(ServiceError) -> [ConnectorConfiguration] {
    do { return try await history.configurations(asOf: moment) } catch { throw ServiceError(reading: error) }
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

  /// What happened to Reflog itself, newest first: at most `limit` events with ids below `before`.
  package func events(before: Int64?, limit: Int) async throws(ServiceError) -> [ServiceEvent] {
    do { return try await history.newestEvents(before: before, limit: limit) } catch {
      throw ServiceError(reading: error)
    }
  }

  /// All of it as it stands when the first piece is taken, oldest first.
  package func exportEvents() -> EventExport {
    EventExport(history: history)
  }
}
