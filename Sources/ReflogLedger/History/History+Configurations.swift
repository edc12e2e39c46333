package import ReflogModel
import ReflogStorage

extension History {
  /// Returns the reference that each address had at a moment; the result is sorted by flow and step.
  ///
  /// The result contains all addresses at which a change was ever applied. The reference of an address is the `after`
  /// of the last applied change that was settled at or before `moment`. Changes at one address are settled in the order
  /// of their ids. Changes that were recorded after `moment` are not read, because a change is never settled earlier
  /// than it was recorded.
  ///
  /// - Parameters:
  ///   - moment: The moment for which the references are returned.
  ///   - flows: The flows whose addresses are returned, or nil for all flows.
  ///   - includesEdits: Whether the result contains the edits of each connector that were made after the step was
  ///     pointed at the connector.
  package func configurations(
    asOf moment: Timestamp,
    of flows: [FlowName]? = nil,
    includesEdits: Bool = false
  ) async throws(LedgerError) -> [ConnectorConfiguration] {
    let names = flows.map { JSONValue.array($0.map { .string($0.description.asciiFolded) }).text }
    return try await read { db in
      let last = try ChangeTimes.lastID(notAfter: moment, db)
      let held = try db.rows(
        Self.held(db.dialect),
        ["moment": moment.microseconds, "last": last, "flows": names]
      ) { try HeldReference($0) }
      let rows = ChangeRows(db, identities)
      let ids = JSONValue.array(held.compactMap { $0.change.map { .integer($0) } })
      let changes = try rows.checked("WHERE change.id IN (\(db.dialect.numbers(inArray: "?")))", [ids.text])
      let byID = Dictionary(changes.map { ($0.id.number, $0) }) { first, _ in first }
      let targets = TargetURLs(moment, rows, db)
      let edits = try includesEdits ? LaterEdits(changes, until: moment, lastID: last, rows, db) : nil
      return try held.map { held in
        let change = held.change.flatMap { byID[$0] }
        return ConnectorConfiguration(
          address: held.address,
          change: change,
          isCertain: !held.hasPending,
          targetURL: try change?.after.connectorID.flatMap(targets.url(of:)),
          verified: held.verified,
          edits: change.flatMap { edits?.edits(after: $0) }
        )
      }
    }
  }

  /// The reference that an address had at the moment that the caller requested.
  private struct HeldReference {
    let address: Address
    /// The id of the last effective change up to the requested moment, or of the last applied change if none was
    /// effective.
    ///
    /// The id is nil if no change was applied at the address up to the requested moment.
    let change: Int64?
    /// Whether a change that is later than ``change`` was pending at the requested moment.
    let hasPending: Bool
    /// The time when a read of the directory last showed the reference.
    ///
    /// The time is nil if no read showed the reference after the reference was applied.
    let verified: Timestamp?

    init(_ row: Row) throws {
      address = try row.address(0)
      change = try row.optionalInteger(3)
      hasPending = try row.bool(4)
      let (applied, seen) = (try row.optionalTime(5), try row.optionalTime(6))
      verified = seen.flatMap { seen in applied.map { seen >= $0 } ?? false ? seen : nil }
    }
  }

  /// Returns the SQL that selects the columns of ``HeldReference``.
  ///
  /// The argument `:flows` is a JSON array with the names of flows in lower case, or NULL to select all flows.
  private static func held(_ dialect: any Dialect) -> String {
    """
    WITH applied AS MATERIALIZED (
      SELECT address.id AS address, flow.flow_type, flow.flow_id, step.name AS step,
        (
          SELECT change.id FROM change WHERE \(isEffective) AND \(byThen) ORDER BY change.id DESC LIMIT 1
        ) AS effective,
        (
          SELECT change.id FROM change WHERE \(isIneffective) AND \(byThen) ORDER BY change.id DESC LIMIT 1
        ) AS ineffective,
        (
          SELECT change.result = 'pending' OR change.result_time > :moment FROM change
          WHERE change.address = address.id AND change.id <= :last
            AND change.outcome_sequence IS DISTINCT FROM change.intent_sequence
          ORDER BY change.id DESC LIMIT 1
        ) AS has_pending
      FROM address
      JOIN flow ON flow.id = address.flow
      JOIN step ON step.id = address.step
      WHERE (
          CAST(:flows AS text) IS NULL
          OR \(dialect.ignoringCase("(flow.flow_type || '/' || flow.flow_id)"))
            IN (\(dialect.texts(inArray: ":flows")))
        )
        AND EXISTS (SELECT 1 FROM change WHERE change.address = address.id AND change.result = 'applied')
    )
    SELECT applied.flow_type, applied.flow_id, applied.step, coalesce(applied.effective, applied.ineffective),
      coalesce(applied.has_pending, FALSE), newest.result_time, seen_reference.seen
    FROM applied
    LEFT JOIN change AS newest
      ON newest.id = \(dialect.greater("coalesce(applied.effective, 0)", "coalesce(applied.ineffective, 0)"))
    LEFT JOIN seen_reference ON seen_reference.address = applied.address AND seen_reference.seen <= :moment
    ORDER BY applied.flow_type, \(dialect.ignoringCase("applied.flow_id")), \(dialect.ignoringCase("applied.step"))
    """
  }

  private static let byThen = "change.address = address.id AND change.id <= :last AND change.result_time <= :moment"

  /// Returns all flows with at least one applied change, sorted by flow type and flow id.
  package func flows() async throws(LedgerError) -> [FlowName] {
    try await read { db in
      try db.rows(
        """
        SELECT flow_type, flow_id FROM flow
        WHERE EXISTS (
          SELECT 1 FROM address JOIN change ON change.address = address.id AND change.result = 'applied'
          WHERE address.flow = flow.id
        )
        ORDER BY flow_type, \(db.dialect.ignoringCase("flow_id"))
        """
      ) { try $0.flowName(0) }
    }
  }
}
