import GRDB
import ReflogModel

extension Change {
  /// Reads a row of the view `history`. Throws ``LedgerError/corrupt(_:)`` where a value is none that Reflog writes.
  init(row: Row) throws {
    let id: Int64 = row["id"]
    let column = CheckedColumns(row: row, change: id)
    let result: Result = try column.word("result")
    self.init(
      id: ID(id),
      sequence: try column.required("sequence"),
      tenantID: try column.required("tenant_id"),
      activityDateTime: Timestamp(microseconds: try column.required("activity_time")),
      intent: try Intent(column),
      outcome: result == .pending ? nil : try Outcome(column, result: result),
      resultDateTime: column.time("result_time")
    )
  }
}

extension Change.Intent {
  fileprivate init(_ column: CheckedColumns) throws {
    self.init(
      subject: try column.subject(),
      kind: try column.word("kind"),
      before: try column.reference("before"),
      after: try column.reference("after"),
      changedProperties: try (column.row["changed_properties"] as String?).map(ChangedPropertiesColumn.properties(of:)),
      actor: Change.Actor(
        type: try column.word("actor_type"),
        id: column.row["actor_id"],
        name: column.row["actor_name"],
        userPrincipalName: column.row["user_principal_name"],
        clientAppID: column.row["client_app_id"],
        ipAddress: column.row["ip_address"],
        proof: try column.optionalWord("actor_proof")
      ),
      reason: column.row["reason"],
      correlationID: column.row["correlation_id"],
      requestID: try column.required("request_id"),
      rollbackOf: (column.row["rollback_of"] as Int64?).map { Change.ID($0) },
      rollbackTo: column.time("rollback_to"),
      batchID: column.row["batch_id"],
      lastVerifiedDateTime: column.time("last_verified_time")
    )
  }
}

extension Change.Outcome {
  fileprivate init(_ column: CheckedColumns, result: Change.Result) throws {
    self.init(
      result: result,
      httpStatus: column.row["http_status"],
      code: column.row["error_code"],
      message: column.row["error_message"],
      settledBy: try column.word("settled_by"),
      graphRequestID: column.row["graph_request_id"],
      created: try column.connector("created")
    )
  }
}

/// Reads the columns of a change, and refuses values that Reflog never writes.
private struct CheckedColumns {
  let row: Row
  let change: Int64

  func required<Value: DatabaseValueConvertible>(_ name: String) throws -> Value {
    guard let value = row[name] as Value? else { throw corrupt(name) }
    return value
  }

  func word<Word: RawRepresentable<String>>(_ name: String) throws -> Word {
    guard let word = Word(rawValue: try required(name)) else { throw corrupt(name) }
    return word
  }

  func optionalWord<Word: RawRepresentable<String>>(_ name: String) throws -> Word? {
    (row[name] as String?) == nil ? nil : try word(name)
  }

  func time(_ name: String) -> Timestamp? {
    (row[name] as Int64?).map(Timestamp.init(microseconds:))
  }

  func subject() throws -> Change.Subject {
    guard try required("subject") == "step" else { return .connector }
    guard let flow = FlowID(try required("flow_id") as String), let step = Step(try required("step") as String) else {
      throw corrupt("address")
    }
    return .step(Address(flowType: try word("flow_type"), flow: flow, step: step))
  }

  func reference(_ side: String) throws -> ConnectorReference {
    let state: ConnectorReference.State = try word(side + "_state")
    switch state {
    case .none: return .none
    case .unknown: return .unknown
    case .connector:
      guard let reference = try connector(side) else { throw corrupt(side + "_connector") }
      return reference
    }
  }

  func connector(_ side: String) throws -> ConnectorReference? {
    guard let text = row[side + "_connector_id"] as String? else { return nil }
    guard let id = ConnectorID(text) else { throw corrupt(side + "_connector") }
    return .connector(id, displayName: row[side + "_display_name"])
  }

  func corrupt(_ name: String) -> LedgerError {
    .corrupt("\(name) of change \(change) is \(row[name].map { "\($0)" } ?? "NULL")")
  }
}
