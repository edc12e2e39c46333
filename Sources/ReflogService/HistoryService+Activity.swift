import ReflogLedger
package import ReflogModel

/// One page of what an actor did, newest first: requested changes, service events, and statements about results.
package struct Activity: Sendable {
  /// A record of what an actor did.
  package enum Item: Sendable {
    case change(ChangeInContext)
    case event(ServiceEvent)
    /// A change whose result the actor stated.
    case statement(Change)
  }

  /// The position at which a page begins. It has one value for each of the three lists: changes, service events and
  /// statements.
  ///
  /// The page and all later pages contain only records with lower ids or sequences than these values. So a record that
  /// is made after the first page was shown is not on a later page.
  package struct Position: Sendable, CustomStringConvertible {
    /// Only changes with a lower id are shown. If the value is nil, all changes are shown.
    package let change: Change.ID?
    /// Only service events with a lower id are shown. If the value is nil, all service events are shown.
    package let event: Int64?
    /// Only statements whose log entries have a lower sequence are shown. If the value is nil, all statements are
    /// shown.
    package let statement: Int64?

    init(change: Change.ID?, event: Int64?, statement: Int64?) {
      (self.change, self.event, self.statement) = (change, event, statement)
    }

    /// Reads a position such as `17.42.0`, in which 0 stands for nil. Fails for any other text.
    package init?(_ text: String) {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      let numbers = parts.compactMap { $0.utf8.allSatisfy(\.isASCIIDigit) ? Int64($0) : nil }
      guard parts.count == 3, numbers.count == 3 else { return nil }
      change = numbers[0] == 0 ? nil : Change.ID(numbers[0])
      event = numbers[1] == 0 ? nil : numbers[1]
      statement = numbers[2] == 0 ? nil : numbers[2]
    }

    /// The position in the form that ``init(_:)`` reads.
    package var description: String { "\(change?.number ?? 0).\(event ?? 0).\(statement ?? 0)" }
  }

  package let items: [Item]
  /// The position of the next page, or nil if this is the last page.
  package let next: Position?
}

extension HistoryService {
  /// The maximum time for counting the changes of an actor.
  private static let totalsTimeLimit = Duration.milliseconds(500)
  /// The maximum time for the search for periods in which steps called a connector.
  private static let callsTimeLimit = Duration.seconds(1)

  /// Returns a page of what an actor did, newest first.
  ///
  /// - Parameters:
  ///   - actor: The actor.
  ///   - range: The part of the history.
  ///   - includesReads: Whether the events that count reads of history are included.
  ///   - behind: The position at which the page begins, or nil for the first page.
  ///   - size: The maximum number of items.
  package func activity(
    of actor: ActorID,
    in range: TimeRange = TimeRange(),
    includesReads: Bool = true,
    behind: Activity.Position? = nil,
    size: Int
  ) async throws(ServiceError) -> Activity {
    let query = ChangeQuery(filter: range.filter.map { .and(actor.filter, $0) } ?? actor.filter)
    let changes = try await page(query, behind: behind?.change, size: size)
    let events = try await reading(
      await history.events(
        of: actor,
        in: range,
        includesReads: includesReads,
        behind: behind?.event,
        limit: size + 1
      )
    )
    let statements = try await reading(
      await history.statements(of: actor, in: range, behind: behind?.statement, limit: size + 1)
    )
    let inContext = try await inContext(changes.changes, of: query)
    let found = inContext.map(Activity.Item.change) + events.map(Activity.Item.event)
    let all = (found + statements.map(Activity.Item.statement)).sorted { $0.recordingSequence > $1.recordingSequence }
    let items = Array(all.prefix(size))
    guard all.count > size || changes.next != nil else { return Activity(items: items, next: nil) }
    let shownChange = items.lazy.compactMap(\.changeID).last
    // A search without an index can end early. The page of changes is then short, although older changes match.
    let nextChange = all.count > size ? shownChange : changes.next
    let firstChange = changes.changes.first.map { $0.id.number + 1 } ?? changes.next?.number ?? 1
    return Activity(
      items: items,
      next: Activity.Position(
        change: nextChange ?? behind?.change ?? Change.ID(firstChange),
        event: items.lazy.compactMap(\.eventID).last ?? behind?.event ?? events.first.map { $0.id + 1 } ?? 1,
        statement: items.lazy.compactMap(\.statementSequence).last ?? behind?.statement
          ?? statements.first.map { $0.sequence + 1 } ?? 1
      )
    )
  }

  /// Returns the actor with the newest recorded name, or nil if no name of the actor is recorded.
  package func named(_ actor: ActorID) async throws(ServiceError) -> Change.Actor? {
    try await reading(await history.named(actor))
  }

  /// Counts the changes of an actor, by result and by flow.
  package func totals(of actor: ActorID, in range: TimeRange) async throws(ServiceError) -> ActorTotals {
    try await reading(await history.totals(of: actor, in: range, timeLimit: Self.totalsTimeLimit))
  }

  /// Returns the state in which the last read of the directory showed a connector, or nil if no read showed it.
  package func recordedConnector(_ id: ConnectorID) async throws(ServiceError) -> RecordedConnector? {
    try await reading(await history.recordedConnector(id))
  }

  /// Returns whether a record refers to a connector, and the target URL that the connector has now.
  ///
  /// The URL is nil if the ledger does not contain it.
  package func knownConnector(_ id: ConnectorID) async throws(ServiceError) -> (isKnown: Bool, targetURL: String?) {
    try await reading(await history.knownConnector(id))
  }

  /// Returns, for each step that calls a connector now, the change that set the connector, newest first.
  ///
  /// `count` is the number of these steps, which can be higher than the number of returned changes.
  package func currentCalls(
    of connector: ConnectorID,
    limit: Int
  ) async throws(ServiceError) -> (changes: [Change], count: Int) {
    try await reading(await history.currentCalls(of: connector, limit: limit))
  }

  /// Returns the newest periods in which steps called a connector, newest first.
  ///
  /// - Parameters:
  ///   - connector: The connector.
  ///   - behind: The value of `next` in the previous part of the list, or nil for the newest periods.
  ///   - limit: The maximum number of periods.
  package func calls(
    of connector: ConnectorID,
    behind: Change.ID?,
    limit: Int
  ) async throws(ServiceError) -> ConnectorCalls {
    try await reading(await history.calls(of: connector, behind: behind, limit: limit, timeLimit: Self.callsTimeLimit))
  }
}

extension Activity.Item {
  fileprivate var changeID: Change.ID? {
    if case .change(let change) = self { change.change.id } else { nil }
  }

  fileprivate var eventID: Int64? {
    if case .event(let event) = self { event.id } else { nil }
  }

  fileprivate var statementSequence: Int64? {
    if case .statement(let change) = self { change.sequence } else { nil }
  }

  /// The sequence of the entry that records what the actor did.
  ///
  /// The first entry of a change records the request. The last entry of a change records the statement.
  fileprivate var recordingSequence: Int64 {
    switch self {
    case .change(let change): change.change.intentSequence
    case .event(let event): event.sequence
    case .statement(let change): change.sequence
    }
  }
}
