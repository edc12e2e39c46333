import ReflogModel
import ReflogStorage

/// Reads changes from their rows, within one read of the ledger.
struct ChangeRows {
  private let db: any LedgerConnection
  private let identities: KnownIdentities

  /// Creates a reader of changes for one read.
  init(_ db: any LedgerConnection, _ cache: IdentityCache) {
    self.db = db
    identities = KnownIdentities(db, cache)
  }

  /// The SQL that selects the columns of ``ChangeColumn``: a change, its personal part, and its log entries.
  ///
  /// A condition may follow this text. The condition may use the columns of three tables: `change`, `freeze_override`,
  /// and `personal` for the personal part of the change.
  static let select = """
    SELECT \(ChangeColumn.sql)
    FROM \(tables)
    LEFT JOIN entry AS intent ON intent.sequence = change.intent_sequence AND intent.change = change.id
    LEFT JOIN entry AS outcome ON outcome.sequence = change.outcome_sequence
      AND change.outcome_sequence <> change.intent_sequence AND outcome.change = change.id
    """

  /// The tables of a change, of its personal part, and of its override of a freeze.
  static let tables = """
    change LEFT JOIN change_personal AS personal ON personal.change = change.id
    LEFT JOIN freeze_override ON freeze_override.change = change.id
    """

  /// Returns the changes that a condition selects, without comparing them with the log.
  ///
  /// - Parameters:
  ///   - condition: The SQL after ``select``.
  ///   - arguments: The arguments of the condition.
  ///   - kept: Whether to keep the prepared statement for the next call. Pass true only if the text of the condition
  ///     never changes.
  /// - Throws: ``LedgerError/corrupt(_:)`` if a row contains a value that Reflog never writes.
  func stored(_ condition: String, _ arguments: SQLArguments, kept: Bool = true) throws -> [StoredChange] {
    var changes: [StoredChange] = []
    try db.forEach(Self.select + " " + condition, arguments, kept: kept) { row in
      do { changes.append(try stored(row)) } catch StorageError.unexpectedValue(let column) {
        throw LedgerError.corrupt("\(column) of change \(try row.integer(.id)) is not valid")
      }
    }
    return changes
  }

  /// Returns the changes that a condition selects, after each change was compared with the log.
  ///
  /// - Throws: ``LedgerError/altered(_:)`` if the row of a change does not match the log.
  func checked(_ condition: String, _ arguments: SQLArguments, kept: Bool = true) throws -> [Change] {
    try stored(condition, arguments, kept: kept).map { try $0.checked() }
  }

  /// Returns the ids of the changes that a condition on the columns of `change` and `personal` selects.
  func ids(_ condition: String, _ arguments: SQLArguments, kept: Bool) throws -> [Int64] {
    try db.integers("SELECT change.id FROM \(Self.tables) \(condition)", arguments, kept: kept)
  }

  /// Reads a change from its row.
  private func stored(_ row: Row) throws -> StoredChange {
    let result = try row.word(.result, Change.Result.init)
    let statement = try statement(row, result)
    let personal = try StoredPersonalPart(
      row,
      salt: ChangeColumn.personalSalt.rawValue,
      erasedHash: ChangeColumn.erasedHash.rawValue,
      erasedEvent: ChangeColumn.erasedEvent.rawValue,
      texts: Self.personalTexts
    )
    let intentSequence = try row.integer(.intentSequence)
    let overriding = try overriding(row)
    let change = Change(
      id: Change.ID(try row.integer(.id)),
      sequence: try row.optionalInteger(.outcomeSequence) ?? intentSequence,
      intentSequence: intentSequence,
      tenantID: try identities.tenantID(),
      activityDateTime: try row.time(.activityTime),
      intent: try intent(row),
      outcome: try outcome(row, result, statement),
      resultDateTime: try row.optionalTime(.resultTime),
      erased: try ErasureRows.erased(personal, at: intentSequence, db),
      override: overriding?.override
    )
    return StoredChange(
      change,
      intent: try LoggedEntry(row, hash: ChangeColumn.intentHash.rawValue, salt: ChangeColumn.intentSalt.rawValue),
      outcome: try LoggedEntry(row, hash: ChangeColumn.outcomeHash.rawValue, salt: ChangeColumn.outcomeSalt.rawValue),
      personal: personal,
      statement: statement,
      overriding: overriding
    )
  }

  /// Reads the override of a freeze, or returns nil if the change did not override a freeze.
  ///
  /// Only few changes override a freeze, so a separate query reads the service event of each override.
  private func overriding(_ row: Row) throws -> StoredOverride? {
    guard let id = try row.optionalInteger(.overrideEvent) else { return nil }
    return StoredOverride(
      change: try row.integer(.id),
      event: try row.required(try EventRows.stored("service_event.id = ?", [id], db).first, .overrideEvent)
    )
  }

  /// The columns with the personal data of a change, which are NULL after the data is erased.
  private static let personalTexts = [ChangeColumn.actorName, .ipAddress, .reason].map(\.rawValue)

  /// Reads the intent.
  private func intent(_ row: Row) throws -> Change.Intent {
    Change.Intent(
      subject: try subject(row),
      kind: try row.word(.kind, Change.Kind.init),
      before: try reference(row, .beforeState, .beforeConnector, .beforeName),
      after: try reference(row, .afterState, .afterConnector, .afterName),
      changedProperties: try row.optionalText(.changedProperties).map(ChangedPropertiesColumn.properties(of:)),
      actor: try actor(row),
      reason: try row.optionalText(.reason),
      correlationID: try row.requestID(.correlationID),
      requestID: try row.required(try row.requestID(.requestID), .requestID),
      rollbackOf: try row.optionalInteger(.rollbackOf).map { Change.ID($0) },
      rollbackTo: try row.optionalTime(.rollbackTo),
      batchID: try row.requestID(.batchID),
      lastVerifiedDateTime: try row.optionalTime(.lastVerifiedTime)
    )
  }

  /// Reads the outcome, or returns nil if the change is pending.
  ///
  /// In the row of a pending change, all columns of the outcome are NULL.
  private func outcome(_ row: Row, _ result: Change.Result, _ statement: StoredStatement?) throws -> Change.Outcome? {
    guard result != .pending else {
      try row.requireNull(
        .outcomeSequence,
        .resultTime,
        .httpStatus,
        .errorCode,
        .errorMessage,
        .retryAfter,
        .settledBy,
        .graphRequestID,
        .createdConnector,
        .createdName
      )
      return nil
    }
    _ = try row.integer(.outcomeSequence)
    let settler = try row.word(.settledBy, Change.Settler.init)
    // If a person settled the change, the message is the person's statement, which is stored in a separate table.
    if settler == .person { try row.requireNull(.errorMessage) }
    return Change.Outcome(
      result: result,
      httpStatus: try row.optionalInteger(.httpStatus).map { Int($0) },
      code: try row.optionalText(.errorCode),
      message: settler == .person ? statement?.message : try row.optionalText(.errorMessage),
      retryAfter: try row.optionalInteger(.retryAfter).map { Int($0) },
      settledBy: settler,
      graphRequestID: try row.requestID(.graphRequestID),
      created: try connector(row, .createdConnector, .createdName),
      erased: statement?.erased
    )
  }

  /// Reads the subject.
  private func subject(_ row: Row) throws -> Change.Subject {
    let address = try row.optionalInteger(.address)
    switch (try row.text(.subject), address) {
    case ("step", let address?): return .step(try identities.address(address))
    case ("connector", nil): return .connector
    default: throw row.unexpected(.subject)
    }
  }

  /// Reads a reference from three columns: the state, the connector, and the name of the connector.
  private func reference(
    _ row: Row,
    _ state: ChangeColumn,
    _ connector: ChangeColumn,
    _ name: ChangeColumn
  ) throws -> ConnectorReference {
    let state = try row.word(state, ConnectorReference.State.init)
    guard state == .connector else {
      try row.requireNull(connector, name)
      return state == .none ? .none : .unknown
    }
    return try row.required(try self.connector(row, connector, name), connector)
  }

  /// Reads a connector and the name of the connector, or returns nil if the connector's column is NULL.
  private func connector(
    _ row: Row,
    _ connector: ChangeColumn,
    _ name: ChangeColumn
  ) throws -> ConnectorReference? {
    guard let id = try row.optionalInteger(connector) else {
      try row.requireNull(name)
      return nil
    }
    return .connector(
      try identities.connector(id),
      displayName: try row.optionalInteger(name).map { try identities.name($0, ofConnector: id) }
    )
  }

  /// Reads the actor.
  private func actor(_ row: Row) throws -> Change.Actor {
    let id = try row.integer(.actor)
    let identity = try identities.actor(id)
    let name = try row.optionalInteger(.actorName).map { try identities.name($0, ofActor: id) }
    return Change.Actor(
      type: identity.type,
      id: identity.id,
      name: name?.name,
      userPrincipalName: name?.userPrincipalName,
      clientAppID: try row.optionalInteger(.clientApp).map(identities.clientApp),
      ipAddress: try row.optionalText(.ipAddress),
      proof: row.isNull(.actorProof) ? nil : try row.word(.actorProof, Change.Proof.init)
    )
  }

  /// Reads the person's statement about the change, or returns nil if no person settled the change.
  ///
  /// Persons settle only few changes, so a separate query reads each statement.
  private func statement(_ row: Row, _ result: Change.Result) throws -> StoredStatement? {
    guard result != .pending, try row.text(.settledBy) == Change.Settler.person.rawValue else { return nil }
    let sequence = try row.integer(.outcomeSequence)
    return try db.first(
      """
      SELECT salt, erased_hash, erased_event, actor_name, ip_address, reason, actor, actor_proof, client_app
      FROM change_statement WHERE change = ?
      """,
      [try row.integer(.id)]
    ) { row in
      let part = try StoredPersonalPart(row, salt: 0, erasedHash: 1, erasedEvent: 2, texts: [3, 4, 5])
      let id = try row.integer(6)
      let identity = try identities.actor(id)
      let name = try row.optionalInteger(3).map { try identities.name($0, ofActor: id) }
      return StoredStatement(
        actor: Change.Actor(
          type: identity.type,
          id: identity.id,
          name: name?.name,
          userPrincipalName: name?.userPrincipalName,
          clientAppID: try row.optionalInteger(8).map(identities.clientApp),
          ipAddress: try row.optionalText(4),
          proof: row.isNull(7) ? nil : try row.word(7, Change.Proof.init)
        ),
        reason: try row.optionalText(5),
        part: part,
        erased: try ErasureRows.erased(part, at: sequence, db)
      )
    }
  }
}
