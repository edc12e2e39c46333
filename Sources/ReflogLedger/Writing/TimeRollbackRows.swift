import ReflogModel
import ReflogStorage

/// The rollbacks to a time in the ledger's file.
enum TimeRollbackRows {
  /// Returns the rollback with this batch id, or nil if there is none.
  ///
  /// The result also contains whether the rollback is finished.
  static func find(_ batchID: String, _ db: any LedgerConnection) throws -> (rollback: TimeRollback, isFinished: Bool)?
  {
    try db.first(
      """
      SELECT as_of, flow_type, flow_id, finished, newest_change FROM time_rollback
      LEFT JOIN flow ON flow.id = time_rollback.flow WHERE batch_id = ?
      """,
      [RequestIDColumn.value(of: batchID)]
    ) { row in
      var scope = FlowScope.everything
      if let flowType = try row.optionalText(1), let flow = try row.optionalText(2) {
        guard let flowType = FlowType(rawValue: flowType), let flow = FlowID(flow) else {
          throw LedgerError.corrupt("the flow of a rollback to a time is not valid")
        }
        scope = .flow(flowType, flow)
      }
      let rollback = TimeRollback(
        batchID: batchID,
        asOf: Timestamp(microseconds: try row.integer(0)),
        scope: scope,
        newestChange: Change.ID(try row.integer(4))
      )
      return (rollback, try row.optionalInteger(3) != nil)
    }
  }

  /// Records a rollback, and the id of the newest change that the rollback may roll back.
  ///
  /// This id is never higher than the id of the newest change in the ledger.
  static func insert(_ rollback: TimeRollback, in session: LedgerSession) throws {
    var flow: Int64?
    if case .flow(let flowType, let id) = rollback.scope {
      flow = try session.identities.row(of: FlowName(flowType, id))
    }
    let newest = session.head.nextChange - 1
    try session.connection.execute(
      """
      INSERT INTO time_rollback (batch_id, as_of, flow, asked, newest_change)
      VALUES (:batchID, :asOf, :flow, :asked, :newest)
      """,
      [
        "batchID": RequestIDColumn.value(of: rollback.batchID), "asOf": rollback.asOf.microseconds, "flow": flow,
        "asked": session.time.microseconds, "newest": min(rollback.newestChange?.number ?? newest, newest),
      ]
    )
  }

  /// Records that a rollback is finished; a second call has no effect.
  static func finish(_ rollback: TimeRollback, in session: LedgerSession) throws {
    try session.connection.execute(
      "UPDATE time_rollback SET finished = coalesce(finished, :now) WHERE batch_id = :batchID",
      ["now": session.time.microseconds, "batchID": RequestIDColumn.value(of: rollback.batchID)]
    )
  }
}
