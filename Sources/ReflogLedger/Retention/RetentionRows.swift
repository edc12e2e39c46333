import GRDB
import ReflogModel

/// How long history is kept, and what is held, in the ledger's file.
enum RetentionRows {
  static func policy(_ db: Database) throws -> RetentionPolicy {
    RetentionPolicy(days: try Int.fetchOne(db.cachedStatement(sql: "SELECT days FROM retention")))
  }

  /// Whether a hold covers a change, in terms of `address`, that of a change of a step.
  static let isHeld = "EXISTS (SELECT 1 FROM hold WHERE hold.flow IS NULL OR hold.flow = address.flow)"
  static let isEverythingHeld = "EXISTS (SELECT 1 FROM hold WHERE hold.flow IS NULL)"

  static func set(_ policy: RetentionPolicy, _ db: Database) throws {
    guard let days = policy.days else { return try db.execute(sql: "DELETE FROM retention") }
    try db.execute(
      sql: "INSERT INTO retention (id, days) VALUES (1, :days) ON CONFLICT (id) DO UPDATE SET days = excluded.days",
      arguments: ["days": days]
    )
  }

  /// All holds, in the order in which they were placed.
  static func holds(_ db: Database) throws -> [LegalHold] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT hold.name, flow.flow_type, flow.flow_id, hold.reason, hold.placed
          FROM hold LEFT JOIN flow ON flow.id = hold.flow ORDER BY hold.id
          """
      )
    ).map { row in
      var scope = FlowScope.everything
      if let flowType = row["flow_type"] as String?, let flow = row["flow_id"] as String? {
        guard let flowType = FlowType(rawValue: flowType), let flow = FlowID(flow) else {
          throw LedgerError.corrupt("a hold of a flow that is none")
        }
        scope = .flow(flowType, flow)
      }
      return LegalHold(
        name: row["name"],
        scope: scope,
        reason: row["reason"],
        placed: Timestamp(microseconds: row["placed"])
      )
    }
  }

  /// Returns whether the name was free.
  static func place(_ hold: LegalHold, in transaction: LedgerTransaction) throws -> Bool {
    var flow: Int64?
    if case .flow(let flowType, let id) = hold.scope { flow = try transaction.identities.row(of: id, flowType) }
    try transaction.db.execute(
      sql: """
        INSERT INTO hold (name, flow, reason, placed) VALUES (:name, :flow, :reason, :placed)
        ON CONFLICT (name) DO NOTHING
        """,
      arguments: ["name": hold.name, "flow": flow, "reason": hold.reason, "placed": hold.placed.microseconds]
    )
    return transaction.db.changesCount > 0
  }

  /// Returns whether there was one of this name.
  static func release(_ name: String, _ db: Database) throws -> Bool {
    try db.execute(sql: "DELETE FROM hold WHERE name = :name", arguments: ["name": name])
    return db.changesCount > 0
  }
}
