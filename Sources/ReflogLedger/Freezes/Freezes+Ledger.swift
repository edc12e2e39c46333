import ReflogModel
import ReflogStorage

extension Freezes {
  /// Returns the freezes that cover at least one of several parts of the directory and are in force at a time.
  ///
  /// A part can stand for all steps that call a connector. These steps are read from the ledger.
  func covering(_ parts: [ChangedPart], at time: Timestamp, in db: any LedgerConnection) throws -> [CoveringFreeze] {
    try covering(parts, at: time) { connector, flows in try History.callers(of: connector, in: flows, db) }
  }
}

extension History {
  /// Returns those steps of the given flows that call a connector, according to the ledger.
  ///
  /// A step calls the connector that its newest applied change set. If no change was applied at the step, the step
  /// calls the connector that the last conclusive read of the directory showed. A step is also returned if a pending
  /// change points it at the connector, because the directory may have applied this change.
  static func callers(
    of connector: ConnectorID,
    in flows: Set<FlowName>,
    _ db: any LedgerConnection
  ) throws -> [Address] {
    guard let row = try Self.row(of: connector, db) else { return [] }
    return try db.rows(callers(db.dialect), ["connector": row, "flows": names(of: flows)]) { try $0.address(0) }
  }

  /// Returns those steps of the given flows that stopped calling a connector at or after `start`.
  static func callers(
    of connector: ConnectorID,
    in flows: Set<FlowName>,
    until start: Timestamp,
    _ db: any LedgerConnection
  ) throws -> [Address] {
    guard let row = try Self.row(of: connector, db) else { return [] }
    let arguments: SQLArguments = [
      "connector": row, "flows": names(of: flows), "start": start.microseconds,
      "first": try ChangeTimes.firstID(notBefore: start, db),
    ]
    return try db.rows(formerCallers(db.dialect), arguments) { try $0.address(0) }
  }

  /// Returns the names of flows as a JSON array, in lower case.
  private static func names(of flows: Set<FlowName>) -> String {
    JSONValue.array(flows.map { .string($0.description.asciiFolded) }).text
  }

  /// Returns the SQL condition that a flow is in the JSON array `:flows`.
  private static func isInFlows(_ dialect: any Dialect) -> String {
    "\(dialect.ignoringCase("(flow.flow_type || '/' || flow.flow_id)")) IN (\(dialect.texts(inArray: ":flows")))"
  }

  /// Returns the SQL that selects the steps that stopped calling the connector at or after `:start`.
  ///
  /// `:connector` is the row number of the connector. `:flows` is a JSON array with the names of flows in lower case.
  /// `:first` is the id of the first change that was recorded at or after `:start`. At each step, the search begins
  /// with the newest effective change that has a lower id than `:first`, because this change may have been settled
  /// after `:start`. Earlier changes are not searched, because the changes of a step are settled in the order of their
  /// ids. The query contains `+change.before_connector`, because otherwise a database could read the changes of the
  /// connector at all steps.
  static func formerCallers(_ dialect: any Dialect) -> String {
    """
    SELECT flow.flow_type, flow.flow_id, step.name FROM address
    JOIN flow ON flow.id = address.flow
    JOIN step ON step.id = address.step
    WHERE address.flow IN (SELECT flow.id FROM flow WHERE \(isInFlows(dialect)))
      AND EXISTS (
        SELECT 1 FROM change
        WHERE change.address = address.id AND \(isEffective) AND change.id >= coalesce((
            SELECT settled.id FROM change AS settled
            WHERE settled.address = address.id AND \(isApplied("settled", withEffect: true)) AND settled.id < :first
            ORDER BY settled.id DESC LIMIT 1
          ), 0)
          AND +change.before_connector = :connector AND change.result_time >= :start
      )
    """
  }

  /// The SQL that selects the time at which the newest effective change at `:address` was settled.
  static let newestEffectiveTime = """
    SELECT change.result_time FROM change WHERE change.address = :address AND \(isEffective)
    ORDER BY change.id DESC LIMIT 1
    """

  /// Returns the SQL that selects the steps that call the connector with the row number `:connector`.
  ///
  /// The argument `:flows` is a JSON array with the names of flows in lower case. The query contains `+address.id`,
  /// because SQLite uses the index `change_pending` only if the compared value has no type affinity. The query reads
  /// the newest change in a subquery, because PostgreSQL could otherwise join the whole table `change`.
  static func callers(_ dialect: any Dialect) -> String {
    """
    SELECT flow.flow_type, flow.flow_id, step.name FROM address
    JOIN flow ON flow.id = address.flow
    JOIN step ON step.id = address.step
    LEFT JOIN seen_reference ON seen_reference.address = address.id
    WHERE \(isInFlows(dialect))
      AND (
        (
          SELECT newest.after_connector FROM change AS newest
          WHERE newest.id = \(AppliedChange.newest(at: "address.id", dialect))
        ) = :connector
        OR (
          SELECT change.after_connector FROM change
          WHERE coalesce(change.address, -change.before_connector) = +address.id AND change.result = 'pending'
        ) = :connector
        OR (
          seen_reference.connector = :connector
          AND NOT EXISTS (SELECT 1 FROM change WHERE change.address = address.id AND change.result = 'applied')
        )
      )
    """
  }
}
