import GRDB
package import ReflogModel

extension History {
  /// What every address that the ledger has seen held at a moment, in order of addresses.
  ///
  /// At that moment stands the after of the last applied change that was settled by then. Changes of one address are
  /// settled in the order of their ids.
  package func configurations(asOf moment: Timestamp) async throws(LedgerError) -> [ConnectorConfiguration] {
    try await read { db in
      let sql = """
        SELECT history.*, flow.flow_type AS address_flow_type, flow.flow_id AS address_flow_id, step.name AS address_step,
          EXISTS (
            SELECT 1 FROM change
            WHERE change.address = address.id AND change.subject = 'step' AND change.activity_time <= :moment
              AND coalesce(change.result_time, :moment + 1) > :moment
          ) AS is_under_way,
          newest.result_time AS known_time, seen_reference.seen, seen_connector.target_url AS seen_target_url
        FROM address
        JOIN flow ON flow.id = address.flow
        JOIN step ON step.id = address.step
        LEFT JOIN change AS newest ON newest.id = (
          SELECT change.id FROM change
          WHERE change.address = address.id AND change.result = 'applied' AND change.result_time <= :moment
          ORDER BY change.id DESC LIMIT 1
        )
        LEFT JOIN history ON history.id = coalesce(
          (
            SELECT change.id FROM change
            WHERE change.address = address.id AND \(Self.isEffective) AND change.result_time <= :moment
            ORDER BY change.id DESC LIMIT 1
          ),
          newest.id
        )
        LEFT JOIN seen_reference ON seen_reference.address = address.id AND seen_reference.seen <= :moment
        LEFT JOIN connector ON connector.connector_id = history.after_connector_id
        LEFT JOIN seen_connector ON seen_connector.connector = connector.id
        WHERE history.id IS NOT NULL
          OR EXISTS (SELECT 1 FROM change WHERE change.address = address.id AND change.result = 'applied')
        ORDER BY flow.flow_type, flow.flow_id, step.name
        """
      return try Row.fetchAll(db, sql: sql, arguments: ["moment": moment.microseconds])
        .map(ConnectorConfiguration.init(row:))
    }
  }
}

extension ConnectorConfiguration {
  fileprivate init(row: Row) throws {
    guard let flowType = FlowType(rawValue: row["address_flow_type"]),
      let flow = FlowID(row["address_flow_id"] as String), let step = Step(row["address_step"] as String)
    else { throw LedgerError.corrupt("an address that is none") }
    let (known, seen) = (row["known_time"] as Int64?, row["seen"] as Int64?)
    self.init(
      address: Address(flowType: flowType, flow: flow, step: step),
      change: (row["id"] as Int64?) == nil ? nil : try Change(row: row),
      isCertain: !row["is_under_way"],
      targetURL: row["seen_target_url"],
      verified: seen.flatMap { seen in known.map { seen >= $0 } == true ? Timestamp(microseconds: seen) : nil }
    )
  }
}
