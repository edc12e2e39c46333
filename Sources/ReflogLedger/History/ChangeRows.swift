import GRDB
import ReflogModel

/// Reads changes from their rows, within one read of the ledger.
///
/// Throws ``LedgerError/corrupt(_:)`` where a value is none that Reflog writes.
struct ChangeRows {
  private let identities: KnownIdentities
  private let db: Database

  init(_ db: Database, _ cache: IdentityCache) {
    self.db = db
    identities = KnownIdentities(db, cache)
  }

  /// The columns of ``Column`` up to `reason`, in their order; what stands behind it names rows of `change`.
  static let select = "SELECT \(columns) FROM \(tables)"

  /// All columns of ``Column``, so with what the log has of each change.
  static let loggedSelect = """
    SELECT \(columns), first.hash, first.salt, newest.hash, newest.salt, personal.salt, personal.erased_hash
    FROM \(tables)
    LEFT JOIN entry AS first ON first.sequence = change.intent_sequence AND first.change = change.id
    LEFT JOIN entry AS newest ON newest.sequence = change.outcome_sequence
      AND change.outcome_sequence <> change.intent_sequence AND newest.change = change.id
    """

  private static let columns = """
    change.id, change.intent_sequence, change.outcome_sequence, change.activity_time, change.subject,
    change.address, change.kind, change.before_state, change.before_connector, change.before_name,
    change.after_state, change.after_connector, change.after_name, change.changed_properties, change.actor,
    change.actor_proof, change.client_app, change.correlation_id, change.request_id, change.rollback_of,
    change.rollback_to, change.batch_id, change.last_verified_time, change.result, change.result_time,
    change.http_status, change.error_code, change.error_message, change.settled_by, change.graph_request_id,
    change.created_connector, change.created_name, personal.actor_name, personal.ip_address, personal.reason
    """

  private static let tables = "change LEFT JOIN change_personal AS personal ON personal.change = change.id"

  enum Column: Int32 {
    case id, intentSequence, outcomeSequence, activityTime, subject
    case address, kind, beforeState, beforeConnector, beforeName
    case afterState, afterConnector, afterName, changedProperties, actor
    case actorProof, clientApp, correlationID, requestID, rollbackOf
    case rollbackTo, batchID, lastVerifiedTime, result, resultTime
    case httpStatus, errorCode, errorMessage, settledBy, graphRequestID
    case createdConnector, createdName, actorName, ipAddress, reason
    case firstHash, firstSalt, newestHash, newestSalt, personalSalt, erasedHash
  }

  /// The changes that this says of `change`: everything behind ``select``.
  ///
  /// - Parameter isFixed: whether the SQL is always the same, so that its statement is worth keeping; there is no end of
  ///   filters, and a statement is kept for as long as its connection.
  func changes(_ condition: String, _ arguments: StatementArguments, isFixed: Bool) throws -> [Change] {
    try rows(Self.select, condition, arguments, isFixed, change)
  }

  /// The same with what the log has of each.
  func logged(_ condition: String, _ arguments: StatementArguments, isFixed: Bool) throws -> [LoggedChange] {
    try rows(Self.loggedSelect, condition, arguments, isFixed) { columns in
      LoggedChange(
        change: try change(columns),
        first: try LoggedEntry(columns, .firstHash, .firstSalt),
        newest: try LoggedEntry(columns, .newestHash, .newestSalt),
        personalSalt: try columns.blob(.personalSalt).map { try columns.required(Salt(bytes: $0), .personalSalt) },
        erasedHash: try erasedHash(columns)
      )
    }
  }

  /// The ids of the same alone.
  func ids(_ condition: String, _ arguments: StatementArguments) throws -> [Int64] {
    try Int64.fetchAll(db, sql: "SELECT change.id FROM \(Self.tables) \(condition)", arguments: arguments)
  }

  private func rows<Value>(
    _ select: String,
    _ condition: String,
    _ arguments: StatementArguments,
    _ isFixed: Bool,
    _ value: (StatementRow<Column>) throws -> Value
  ) throws -> [Value] {
    let sql = select + " " + condition
    let statement = isFixed ? try db.cachedStatement(sql: sql) : try db.makeStatement(sql: sql)
    statement.arguments = arguments
    var values: [Value] = []
    try StatementRows<Column>.forEach(statement) { values.append(try value($0)) }
    return values
  }

  /// Beside it stand no words any more.
  private func erasedHash(_ columns: StatementRow<Column>) throws -> Hash? {
    guard let bytes = try columns.blob(.erasedHash) else { return nil }
    try columns.requireNull(.personalSalt, .actorName, .ipAddress, .reason)
    return try columns.required(Hash(bytes: bytes), .erasedHash)
  }

  private func change(_ columns: StatementRow<Column>) throws -> Change {
    let result = try columns.word(.result, Change.Result.init)
    return Change(
      id: Change.ID(try columns.number(.id)),
      sequence: try columns.optionalNumber(.outcomeSequence) ?? columns.number(.intentSequence),
      intentSequence: try columns.number(.intentSequence),
      tenantID: try identities.tenantID(),
      activityDateTime: try columns.required(try columns.time(.activityTime), .activityTime),
      intent: try intent(columns),
      outcome: try outcome(columns, result),
      resultDateTime: try columns.time(.resultTime)
    )
  }

  private func intent(_ columns: StatementRow<Column>) throws -> Change.Intent {
    Change.Intent(
      subject: try subject(columns),
      kind: try columns.word(.kind, Change.Kind.init),
      before: try reference(columns, .beforeState, .beforeConnector, .beforeName),
      after: try reference(columns, .afterState, .afterConnector, .afterName),
      changedProperties: try columns.text(.changedProperties).map(ChangedPropertiesColumn.properties(of:)),
      actor: try actor(columns),
      reason: try columns.text(.reason),
      correlationID: try columns.requestID(.correlationID),
      requestID: try columns.required(try columns.requestID(.requestID), .requestID),
      rollbackOf: try columns.optionalNumber(.rollbackOf).map { Change.ID($0) },
      rollbackTo: try columns.time(.rollbackTo),
      batchID: try columns.requestID(.batchID),
      lastVerifiedDateTime: try columns.time(.lastVerifiedTime)
    )
  }

  /// Nothing while the change is pending: then nothing stands in any of its columns.
  private func outcome(_ columns: StatementRow<Column>, _ result: Change.Result) throws -> Change.Outcome? {
    guard result != .pending else {
      try columns.requireNull(
        .outcomeSequence,
        .resultTime,
        .httpStatus,
        .errorCode,
        .errorMessage,
        .settledBy,
        .graphRequestID,
        .createdConnector,
        .createdName
      )
      return nil
    }
    _ = try columns.number(.outcomeSequence)
    let settler = try columns.word(.settledBy, Change.Settler.init)
    // What a person said stands apart.
    if settler == .person { try columns.requireNull(.errorMessage) }
    return Change.Outcome(
      result: result,
      httpStatus: try columns.optionalNumber(.httpStatus).map { Int($0) },
      code: try columns.text(.errorCode),
      message: settler == .person ? try statement(columns) : try columns.text(.errorMessage),
      settledBy: settler,
      graphRequestID: try columns.requestID(.graphRequestID),
      created: try connector(columns, .createdConnector, .createdName)
    )
  }

  private func subject(_ columns: StatementRow<Column>) throws -> Change.Subject {
    let address = try columns.optionalNumber(.address)
    switch (try columns.text(.subject), address) {
    case ("step", let address?): return .step(try identities.address(address))
    case ("connector", nil): return .connector
    default: throw columns.corrupt(.subject)
    }
  }

  private func reference(
    _ columns: StatementRow<Column>,
    _ state: Column,
    _ connector: Column,
    _ name: Column
  ) throws -> ConnectorReference {
    let state = try columns.word(state, ConnectorReference.State.init)
    guard state == .connector else {
      try columns.requireNull(connector, name)
      return state == .none ? .none : .unknown
    }
    return try columns.required(try self.connector(columns, connector, name), connector)
  }

  private func connector(_ columns: StatementRow<Column>, _ connector: Column, _ name: Column) throws
    -> ConnectorReference?
  {
    guard let row = try columns.optionalNumber(connector) else {
      try columns.requireNull(name)
      return nil
    }
    return .connector(
      try identities.connector(row),
      displayName: try columns.optionalNumber(name).map { try identities.name($0, ofConnector: row) }
    )
  }

  private func actor(_ columns: StatementRow<Column>) throws -> Change.Actor {
    let row = try columns.number(.actor)
    let identity = try identities.actor(row)
    let name = try columns.optionalNumber(.actorName).map { try identities.name($0, ofActor: row) }
    return Change.Actor(
      type: identity.type,
      id: identity.id,
      name: name?.name,
      userPrincipalName: name?.userPrincipalName,
      clientAppID: try columns.optionalNumber(.clientApp).map(identities.clientApp),
      ipAddress: try columns.text(.ipAddress),
      proof: try columns.text(.actorProof).map { word in
        try columns.required(Change.Proof(rawValue: word), .actorProof)
      }
    )
  }

  /// What a person said of the change; nothing once that is erased.
  private func statement(_ columns: StatementRow<Column>) throws -> String? {
    let id = try columns.number(.id)
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT actor, actor_name, reason FROM change_statement WHERE change = ?"),
      arguments: [id]
    )
    guard let row else { return nil }
    let actor = try row.number(0)
    let name = try row.optionalNumber(1).map { try identities.name($0, ofActor: actor) }?.name
    let somebody = try name ?? identities.actor(actor).id ?? "somebody"
    return try row.optionalText(2).map { "\(somebody): \($0)" }
  }
}
