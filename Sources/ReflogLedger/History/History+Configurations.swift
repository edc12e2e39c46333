import GRDB
package import ReflogModel

extension History {
  /// What every address that the ledger has seen held at a moment, in order of addresses.
  ///
  /// At that moment stands the after of the last applied change that was settled by then. Changes of one address are
  /// settled in the order of their ids, and none before it was asked for: so what was asked for later is not looked at.
  ///
  /// - Parameter flows: of these alone.
  package func configurations(
    asOf moment: Timestamp,
    of flows: [FlowName]? = nil
  ) async throws(LedgerError) -> [ConnectorConfiguration] {
    let names = flows.map { JSONValue.array($0.map { .string($0.description) }).text }
    return try await read { db in
      let changes = ChangeRows(db, identities)
      let targets = TargetURLs(moment, db)
      let last = try ChangeTimes.lastID(notAfter: moment, db)
      let rows = try Row.fetchAll(
        db,
        sql: Self.standing,
        arguments: ["moment": moment.microseconds, "last": last, "flows": names]
      )
      return try rows.map { row in
        guard let flowType = FlowType(rawValue: row["flow_type"]), let flow = FlowID(row["flow_id"] as String),
          let step = Step(row["step"] as String)
        else { throw LedgerError.corrupt("an address that is none") }
        let change = try (row["standing"] as Int64?).flatMap { id in
          try changes.changes("WHERE change.id = ?", [id], isFixed: true).first
        }
        let (known, seen) = (row["known_time"] as Int64?, row["seen"] as Int64?)
        return ConnectorConfiguration(
          address: Address(flowType: flowType, flow: flow, step: step),
          change: change,
          isCertain: !row["is_under_way"],
          targetURL: try change?.after.connectorID.flatMap(targets.url(of:)),
          verified: seen.flatMap { seen in known.map { seen >= $0 } == true ? Timestamp(microseconds: seen) : nil }
        )
      }
    }
  }

  private static let standing = """
    SELECT flow.flow_type, flow.flow_id, step.name AS step, newest.result_time AS known_time, seen_reference.seen,
      coalesce(
        (
          SELECT change.id FROM change
          WHERE change.address = address.id AND \(isEffective)
            AND change.id <= :last AND change.result_time <= :moment
          ORDER BY change.id DESC LIMIT 1
        ),
        newest.id
      ) AS standing,
      coalesce(
        (
          SELECT change.result = 'pending' OR change.result_time > :moment FROM change
          WHERE change.address = address.id AND change.id <= :last
            AND change.outcome_sequence IS NOT change.intent_sequence
          ORDER BY change.id DESC LIMIT 1
        ),
        0
      ) AS is_under_way
    FROM address
    JOIN flow ON flow.id = address.flow
    JOIN step ON step.id = address.step
    LEFT JOIN change AS newest ON newest.id = (
      SELECT change.id FROM change
      WHERE change.address = address.id AND change.result = 'applied'
        AND change.id <= :last AND change.result_time <= :moment
      ORDER BY change.id DESC LIMIT 1
    )
    LEFT JOIN seen_reference ON seen_reference.address = address.id AND seen_reference.seen <= :moment
    WHERE (
        :flows IS NULL
        OR flow.flow_type || '/' || flow.flow_id COLLATE NOCASE IN (SELECT value FROM json_each(:flows))
      )
      AND (
        newest.id IS NOT NULL
        OR EXISTS (SELECT 1 FROM change WHERE change.address = address.id AND change.result = 'applied')
      )
    ORDER BY flow.flow_type, flow.flow_id, step.name
    """

  /// All flows that something was applied to, in order.
  package func flows() async throws(LedgerError) -> [FlowName] {
    try await read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT flow_type, flow_id FROM flow
          WHERE EXISTS (
            SELECT 1 FROM address JOIN change ON change.address = address.id AND change.result = 'applied'
            WHERE address.flow = flow.id
          )
          ORDER BY flow_type, flow_id
          """
      )
      return try rows.map { row in
        guard let flowType = FlowType(rawValue: row["flow_type"]), let flow = FlowID(row["flow_id"] as String) else {
          throw LedgerError.corrupt("a flow that is none")
        }
        return FlowName(flowType, flow)
      }
    }
  }
}
