import FoundationEssentials
import ReflogLedger
package import ReflogModel

extension HistoryService {
  /// The maximum length of a chain in which each rollback rolls back the previous rollback.
  private static let longestChain = 10
  /// The maximum number of connectors whose names are read for one page of changes.
  private static let maximumNameCount = 100

  /// Returns one change with its rollbacks and with all steps that called the change's connector.
  package func inContext(_ change: Change) async throws(ServiceError) -> ChangeInContext {
    let rollbacks = try await rollbacks(of: [change.id])
    let callers = try await reading(await history.callers(of: [change]))
    return ChangeInContext(
      change,
      rolledBackBy: rollbacks[change.id] ?? [],
      calledBy: callers?[change.id],
      knownNames: try await knownNames(in: [change])
    )
  }

  /// Returns changes with their rollbacks.
  ///
  /// If the query includes the impact on flows, the result for a change of a connector also contains the steps that
  /// called the connector. Only steps that the query selects are included.
  package func inContext(_ changes: [Change], of query: ChangeQuery) async throws(ServiceError) -> [ChangeInContext] {
    let rollbacks = try await rollbacks(of: changes.map(\.id))
    var callers: [Change.ID: [ConnectorCaller]]?
    if query.includesImpact { callers = try await reading(await history.callers(of: changes, among: query)) }
    let names = try await knownNames(in: changes)
    return changes.map { change in
      ChangeInContext(
        change,
        rolledBackBy: rollbacks[change.id] ?? [],
        calledBy: callers?[change.id],
        knownNames: names.filter { change.namelessConnectors.contains($0.key) }
      )
    }
  }

  /// Returns the newest recorded names of the connectors for which the changes record only the ids.
  private func knownNames(in changes: [Change]) async throws(ServiceError) -> [ConnectorID: String] {
    let nameless = Set(changes.flatMap(\.namelessConnectors)).sorted()
    guard !nameless.isEmpty else { return [:] }
    return try await reading(await history.names(of: Array(nameless.prefix(Self.maximumNameCount))))
  }

  /// Returns the chain of applied rollbacks for each change that was rolled back.
  ///
  /// The key is the id of the change. The value contains the ids of the rollbacks, in the order of the chain.
  private func rollbacks(of ids: [Change.ID]) async throws(ServiceError) -> [Change.ID: [Change.ID]] {
    var chains: [Change.ID: [Change.ID]] = [:]
    // The changes whose chains possibly continue. The key is the last id in the chain: the id of a rollback, or the id
    // of the change if no rollback was found yet.
    var remaining = Dictionary(ids.map { ($0, [$0]) }) { first, _ in first }
    for _ in 0..<Self.longestChain where !remaining.isEmpty {
      let next = try await reading(await history.appliedRollbacks(of: Array(remaining.keys)))
      var further: [Change.ID: [Change.ID]] = [:]
      for (rolledBack, rollback) in next {
        for id in remaining[rolledBack] ?? [] {
          chains[id, default: []].append(rollback.id)
          further[rollback.id, default: []].append(id)
        }
      }
      remaining = further
    }
    return chains
  }

  /// Returns the plan that restores the values that a connector had before an edit.
  ///
  /// The result is nil if the change is not an applied edit of a connector.
  package func restoration(of change: Change) async throws(ServiceError) -> RestorationPlan? {
    guard let values = ConnectorRestoration(of: change) else { return nil }
    let limit = RestorationPlan.maximumLaterCount
    let later = try await reading(await history.laterChanges(of: values.connector, after: change.id, limit: limit))
    return RestorationPlan(change, later: later)
  }

  /// Returns the edits and the deletions of these connectors that were settled after `moment` and not after `end`.
  ///
  /// The key is the id of the connector.
  package func edits(
    of connectors: Set<ConnectorID>,
    since moment: Timestamp,
    until end: Timestamp = .distantFuture
  ) async throws(ServiceError) -> [ConnectorID: ConnectorEdits] {
    let found = try await reading(await history.edits(of: connectors, since: moment, until: end))
    return found.compactMapValues { ConnectorEdits($0, limit: History.maximumEditCount) }
  }

  /// Returns the differences between the references of all steps at two moments, and the edits of connectors between
  /// the moments.
  ///
  /// - Parameters:
  ///   - first: The earlier moment.
  ///   - second: The later moment, or `distantFuture` for the current references. In this case, the later moment of the
  ///     result is the current time, or the time of the newest change if the clock is behind that time.
  package func comparison(from first: Timestamp, to second: Timestamp) async throws(ServiceError)
    -> ConfigurationComparison
  {
    let before = try await configurations(asOf: first)
    let after = try await configurations(asOf: second)
    let held = Set(before.compactMap(\.reference.connectorID))
    let edits = try await edits(of: held, since: first, until: second)
    let changes = after.compactMap(\.change) + edits.values.flatMap(\.changes)
    let newest = changes.map(\.newestDateTime).max()
    let now = max(Timestamp(Date()), first, newest ?? first)
    return ConfigurationComparison(
      from: (first, before),
      to: (second == .distantFuture ? now : second, after),
      edits: edits
    )
  }
}
