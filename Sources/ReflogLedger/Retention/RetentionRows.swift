import ReflogModel
import ReflogStorage

/// The retention policy and the legal holds in the ledger's file.
enum RetentionRows {
  /// Returns the retention policy.
  static func policy(_ db: any LedgerConnection) throws -> RetentionPolicy {
    RetentionPolicy(days: try db.integer("SELECT days FROM retention").map { Int($0) })
  }

  /// The SQL condition that a hold covers a change.
  ///
  /// The query must join the table `address` with the address of the change.
  static let isHeld = "EXISTS (SELECT 1 FROM hold WHERE hold.flow IS NULL OR hold.flow = address.flow)"
  /// The SQL condition that a hold covers all history.
  static let isEverythingHeld = "EXISTS (SELECT 1 FROM hold WHERE hold.flow IS NULL)"

  /// The SQL condition that a hold covers the personal data of a service event.
  ///
  /// If an event records an override of a freeze, its personal data contains the reason for the override. So a hold
  /// that covers one of the changes made with the override also covers the event.
  static let isEventHeld = """
    (\(isEverythingHeld) OR (service_event.kind = 'freezeOverridden' AND EXISTS (
      SELECT 1 FROM freeze_override JOIN change ON change.id = freeze_override.change
      JOIN address ON address.id = change.address JOIN hold ON hold.flow = address.flow
      WHERE freeze_override.event = service_event.id
    )))
    """

  /// Sets the retention policy; the newest service event about the policy must contain the same policy.
  static func set(_ policy: RetentionPolicy, _ db: any LedgerConnection) throws {
    guard let days = policy.days else { return try db.execute("DELETE FROM retention") }
    try db.execute(
      "INSERT INTO retention (id, days) VALUES (1, :days) ON CONFLICT (id) DO UPDATE SET days = excluded.days",
      ["days": days]
    )
  }

  /// Returns all holds, in the order in which they were placed.
  static func holds(_ db: any LedgerConnection) throws -> [LegalHold] {
    try db.rows(
      """
      SELECT flow.flow_type, flow.flow_id, hold.flow, hold.name, hold.reason, hold.placed
      FROM hold LEFT JOIN flow ON flow.id = hold.flow ORDER BY hold.id
      """
    ) { row in
      var scope = FlowScope.everything
      if !row.isNull(2) {
        let flow = try row.flowName(0)
        scope = .flow(flow.flowType, flow.flow)
      }
      return LegalHold(name: try row.text(3), scope: scope, reason: try row.text(4), placed: try row.time(5))
    }
  }

  /// Returns whether there is a hold with this name.
  static func hasHold(named name: String, _ db: any LedgerConnection) throws -> Bool {
    try db.bool("SELECT EXISTS (SELECT 1 FROM hold WHERE \(db.dialect.equalIgnoringCase("name", "?")))", [name])
  }

  /// Places a hold; the newest service event with the name of the hold must record the same hold.
  static func place(_ hold: LegalHold, in session: LedgerSession) throws {
    var flow: Int64?
    if case .flow(let flowType, let id) = hold.scope { flow = try session.identities.row(of: FlowName(flowType, id)) }
    try session.connection.execute(
      """
      INSERT INTO hold (name, flow, reason, placed) VALUES (:name, :flow, :reason, :placed)
      """,
      ["name": hold.name, "flow": flow, "reason": hold.reason, "placed": hold.placed.microseconds]
    )
  }

  /// Releases a hold; the newest service event with the name of the hold must record the release.
  static func release(_ name: String, _ db: any LedgerConnection) throws {
    try db.execute("DELETE FROM hold WHERE \(db.dialect.equalIgnoringCase("name", "?"))", [name])
  }
}
