package import ReflogModel
import ReflogStorage

extension History {
  /// Returns the steps that called the connector of each change, certainly or possibly, when the change was made.
  ///
  /// If the ledger has no applied change of a step from before that time, the oldest applied change shows what the step
  /// called earlier. The ledger does not contain the time when that earlier call began, so the step is only a possible
  /// caller.
  ///
  /// The keys of the result are the ids of the changes. The result has no entry for a change of a step.
  ///
  /// - Parameters:
  ///   - changes: The changes.
  ///   - query: A query whose filter selects steps. The method searches only these steps for callers. If the query is
  ///     nil, the method searches all steps.
  /// - Returns: The steps in order. The result is nil if the filter selects no step or too many steps.
  package func callers(
    of changes: [Change],
    among query: ChangeQuery? = nil
  ) async throws(LedgerError) -> [Change.ID: [ConnectorCaller]]? {
    let connectors = changes.compactMap { change in change.connectorID.map { (change.id, $0) } }
    guard !connectors.isEmpty else { return [:] }
    return try await read { db in
      var arguments: SQLArguments = [:]
      if let query {
        guard let impact = try QueryPlan(query, db).impact,
          impact.addresses.count <= FlowImpact.maximumNamedAddresses
        else { return nil }
        arguments = SQLArguments(impact.arguments)
      }
      let (condition, rows) = (Self.calling(areSelected: query != nil, db.dialect), ChangeRows(db, identities))
      var callers: [Change.ID: [ConnectorCaller]] = [:]
      for (id, connector) in connectors {
        guard let row = try Self.row(of: connector, db) else { continue }
        let holders = try rows.checked(condition, arguments + ["change": id.number, "connector": row])
        let found = holders.compactMap { holder in
          holder.intent.subject.address.map { ConnectorCaller($0, isCertain: holder.id.number < id.number) }
        }
        callers[id] = found.sorted { $0.address < $1.address }
      }
      return callers
    }
  }

  /// Returns the SQL condition that selects one change for each address that called a connector at a moment.
  ///
  /// The connector is `:connector`, and the moment is just before the change `:change`. Usually the selected change is
  /// the change that set the connector at the address. If no such change exists, it is the oldest change at the
  /// address, and its `before` is the connector.
  ///
  /// - Parameters:
  ///   - areSelected: Whether only the addresses in `:addresses` are compared.
  ///   - dialect: The SQL of the database.
  private static func calling(areSelected: Bool, _ dialect: any Dialect) -> String {
    """
    WHERE change.id IN (
      SELECT held.id FROM address AS calling CROSS JOIN change AS held
      WHERE \(areSelected ? "calling.id IN (\(dialect.numbers(inArray: ":addresses")))" : "TRUE")
        AND held.id = \(AppliedChange.showingReference(of: "calling.id", before: ":change", dialect))
        AND \(AppliedChange.connector(shownBy: "held", before: ":change")) = :connector
    )
    """
  }
}
