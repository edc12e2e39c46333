import GRDB
import ReflogModel

/// Rollbacks to a time in the ledger's file.
enum TimeRollbackRows {
  static func find(_ batchID: String, _ db: Database) throws -> (rollback: TimeRollback, isFinished: Bool)? {
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT as_of, flow_type, flow_id, finished, newest_change FROM time_rollback LEFT JOIN flow ON flow.id = time_rollback.flow
          WHERE batch_id = ?
          """
      ),
      arguments: [RequestIDColumn.value(of: batchID)]
    )
    guard let row else { return nil }
    var scope = FlowScope.everything
    if let flowType = row["flow_type"] as String?, let flow = row["flow_id"] as String? {
      guard let flowType = FlowType(rawValue: flowType), let flow = FlowID(flow) else {
        throw LedgerError.corrupt("a rollback to a time of a flow that is none")
      }
      scope = .flow(flowType, flow)
    }
    let rollback = TimeRollback(
      batchID: batchID,
      asOf: Timestamp(microseconds: row["as_of"]),
      scope: scope,
      newestChange: Change.ID(row["newest_change"] as Int64)
    )
    return (rollback, (row["finished"] as Int64?) != nil)
  }

  static func insert(_ rollback: TimeRollback, at time: Timestamp, _ db: Database) throws {
    var flow: Int64?
    if case .flow(let flowType, let id) = rollback.scope { flow = try Identities(db).row(of: id, flowType) }
    try db.cachedStatement(
      sql: """
        INSERT INTO time_rollback (batch_id, as_of, flow, asked, newest_change)
        VALUES (:batchID, :asOf, :flow, :asked, (
          SELECT min(coalesce(:newest, id), id) FROM (SELECT coalesce(max(id), 0) AS id FROM change)
        ))
        """
    ).execute(arguments: [
      "batchID": RequestIDColumn.value(of: rollback.batchID), "asOf": rollback.asOf.microseconds, "flow": flow,
      "asked": time.microseconds, "newest": rollback.newestChange?.number,
    ])
  }

  static func finish(_ rollback: TimeRollback, at time: Timestamp, _ db: Database) throws {
    try db.cachedStatement(
      sql: "UPDATE time_rollback SET finished = coalesce(finished, :now) WHERE batch_id = :batchID"
    )
    .execute(arguments: ["now": time.microseconds, "batchID": RequestIDColumn.value(of: rollback.batchID)])
  }
}
