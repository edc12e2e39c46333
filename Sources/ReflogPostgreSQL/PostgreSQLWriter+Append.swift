#if PostgreSQL
package import ReflogLedger
package import ReflogModel
import ReflogStorage

extension PostgreSQLWriter: AppendStore {
  /// Reads the head row of the log, and locks the row until this transaction ends.
  package func readHead(appending groups: [Group], _ identities: Identities) throws -> StoredHead? {
    // The lock needs a separate statement. A statement sees only data that was committed before the statement began. So
    // a statement that waited for the lock would not see the rows of the transaction that held the lock.
    try queue("SELECT id FROM head WHERE id = 1 FOR UPDATE")
    try queueRenewal()
    try queue(
      """
      SELECT \(StoredHead.columns), \(ServerTransaction.columns), (SELECT holder FROM service_process WHERE id = 1)
      FROM head WHERE id = 1
      """
    )
    let needs = AppendLookups.Needs(groups, identities)
    let kinds = needs.kinds
    for kind in kinds { try queue(Self.statement(of: kind), [needs.parameter(of: kind)]) }
    // The request also contains BEGIN, the settings and the lock. The results of these statements are first, and are
    // skipped.
    let results = try finish().suffix(1 + kinds.count)
    var (head, holder): (StoredHead?, Int64?)
    try results.first?.forEach { row in
      head = try StoredHead(row)
      serverTransaction = try ServerTransaction(row, at: 8)
      holder = try row.optionalInteger(10)
      return false
    }
    // First, all connectors and keys get the value for "no row": the connector has no pending change, or the key is not
    // stored. The rows that were found replace these values below.
    for connector in needs.connectors { lookups.add(pending: nil, ofConnector: connector) }
    for key in needs.keys { lookups.add(nil, key) }
    for (kind, result) in zip(kinds, results.dropFirst()) {
      try result.forEach { row in
        try take(row, of: kind)
        return true
      }
    }
    if let head { try refuseOlder(head) }
    if head != nil, let lease, holder != lease.holder {
      throw WriteLease.lost(to: try ServiceProcess.found(self), database: name)
    }
    begun = head
    return head
  }

  /// Returns the statement that reads the rows of a lookup.
  private static func statement(of lookup: AppendLookups.Needs.Kind) -> String {
    switch lookup {
    case .addresses: newestAtAddresses
    case .connectors: pendingOfConnectors
    // `FOR UPDATE` prevents other programs from settling the change between this check and the write of the outcome.
    case .changes: "SELECT id, result FROM change WHERE id = ANY ($1) FOR UPDATE"
    case .keys: storedKeys
    }
  }

  /// Stores a row that a lookup returned.
  private func take(_ row: Row, of lookup: AppendLookups.Needs.Kind) throws {
    switch lookup {
    case .addresses: lookups.add(try Self.newest(row), atAddress: try row.integer(0))
    case .connectors: lookups.add(pending: try row.integer(1), ofConnector: try row.integer(0))
    case .changes: lookups.add(result: try row.text(1), of: try row.integer(0))
    case .keys: lookups.add(try Self.storedKey(row), Array(try row.blob(0)))
    }
  }

  /// Reads one row of ``newestAtAddresses``.
  private static func newest(_ row: Row) throws -> NewestChanges {
    NewestChanges(pending: try row.optionalInteger(1), applied: try row.optionalInteger(2))
  }

  /// Reads one row of ``storedKeys``.
  private static func storedKey(_ row: Row) throws -> AppendLookups.StoredKey {
    AppendLookups.StoredKey(
      change: try row.integer(1),
      bodyHash: Array(try row.blob(2)),
      recorded: try row.integer(3),
      frees: try row.optionalInteger(4).map { $0 != 0 }
    )
  }

  /// Returns the pending change and the newest applied change at an address.
  package func newestChanges(atAddress row: Int64) throws -> NewestChanges {
    if let known = lookups.newestChanges(atAddress: row) { return known }
    var found = NewestChanges(pending: nil, applied: nil)
    try readAfterFlush(Self.newestAtAddresses, [.integers([row])]) { found = try Self.newest($0) }
    lookups.add(found, atAddress: row)
    return found
  }

  /// Returns the id of the pending change of a connector, or nil if no change of the connector is pending.
  package func pendingChange(ofConnector row: Int64) throws -> Int64? {
    if let known = lookups.pendingChange(ofConnector: row) { return known }
    var found: Int64?
    try readAfterFlush(Self.pendingOfConnectors, [.integers([row])]) { found = try $0.integer(1) }
    lookups.add(pending: found, ofConnector: row)
    return found
  }

  /// Returns the request that used an idempotency key at or after a time, or nil if the key is free.
  package func request(with key: IdempotencyKey, notBefore oldest: Int64) throws -> KeyedRequest? {
    var stored: AppendLookups.StoredKey?
    if let known = lookups.key(key.keyHash) {
      stored = known
    } else {
      try readAfterFlush(Self.storedKeys, [.byteStrings([key.keyHash])]) { stored = try Self.storedKey($0) }
    }
    // If the change that was made with the key was purged, the key is free.
    guard let stored, stored.recorded >= oldest, let frees = stored.frees else { return nil }
    return KeyedRequest(change: stored.change, isSameBody: stored.bodyHash == key.bodyHash, frees: frees)
  }

  /// Returns the stored result of a change, or nil if the change does not exist.
  package func result(of change: Int64) throws -> String? {
    if let known = lookups.result(of: change) { return known }
    var found: String?
    try readAfterFlush("SELECT result FROM change WHERE id = $1 FOR UPDATE", [.integer(change)]) {
      found = try $0.text(0)
    }
    if let found { lookups.add(result: found, of: change) }
    return found
  }

  /// Returns the hash of an entry of a change, or nil if the entry does not exist.
  package func hash(ofEntry sequence: Int64, of change: Int64) throws -> Hash? {
    var found: Hash?
    try readAfterFlush(
      "SELECT hash FROM entry WHERE sequence = $1 AND change = $2",
      [.integer(sequence), .integer(change)]
    ) { found = Hash(bytes: try $0.blob(0)) }
    return found
  }

  /// Inserts a change.
  package func insert(_ row: ChangeRow) throws {
    buffer.add(row)
    lookups.take(row)
    noteChangedRows(1)
  }

  /// Inserts the personal part of a change.
  package func insert(_ row: PersonalRow) throws {
    buffer.add(row)
    noteChangedRows(1)
  }

  /// Writes the outcome of a pending change, and returns false if the change is missing or not pending.
  package func settle(_ row: OutcomeRow) throws -> Bool {
    guard try result(of: row.change.id.number) == Change.Result.pending.rawValue else { return false }
    buffer.add(row)
    lookups.take(row)
    noteChangedRows(1)
    return true
  }

  /// Inserts an entry of the log.
  package func insert(_ row: EntryRow) throws {
    buffer.add(row)
    newestHash = row.hash
    noteChangedRows(1)
    try sendRowsAhead()
  }

  /// Inserts the root of a full subtree of the Merkle tree.
  package func insert(_ row: SubtreeRow) throws {
    buffer.add(row)
    noteChangedRows(1)
  }

  /// Inserts the row of an idempotency key, or replaces the row if the key is already stored.
  package func insert(_ row: KeyRow) throws {
    buffer.add(row)
    lookups.forgetKey(row.key.keyHash)
    noteChangedRows(1)
  }

  /// Writes the head row.
  package func write(_ head: LedgerHead) throws {
    buffer.add(head)
    written = CommitResolution.Expected(
      nextSequence: head.nextSequence,
      checkpoint: head.checkpoint,
      newestHash: newestHash
    )
  }

  /// Sends all rows in memory, and then calls `body` with each row that a query returns.
  private func readAfterFlush(
    _ sql: String,
    _ parameters: [PostgreSQLConnection.Parameter],
    _ body: (Row) throws -> Void
  ) throws {
    try flush()
    try queue(sql, parameters)
    try finish().last?.forEach { row in
      try body(row)
      return true
    }
  }

  /// The SQL that reads the row number, the pending change and the newest applied change of each address in `$1`.
  private static let newestAtAddresses = """
    SELECT wanted.row,
      (
        SELECT id FROM change
        WHERE coalesce(address, -before_connector) = wanted.row AND result = 'pending'
      ),
      greatest(
        (\(newestApplied) = TRUE ORDER BY id DESC LIMIT 1), (\(newestApplied) = FALSE ORDER BY id DESC LIMIT 1)
      )
    FROM (SELECT DISTINCT unnest($1::bigint[]) AS row) AS wanted
    """

  private static let newestApplied = """
    SELECT id FROM change WHERE address = wanted.row AND result = 'applied'
      AND (before_state <> after_state OR before_connector IS DISTINCT FROM after_connector)
    """

  /// The SQL that reads the connectors in `$1` that have a pending change: the row number and the pending change of
  /// each.
  private static let pendingOfConnectors = """
    SELECT -coalesce(address, -before_connector), id FROM change
    WHERE coalesce(address, -before_connector) = ANY (SELECT -unnest($1::bigint[])) AND result = 'pending'
    """

  /// The SQL that reads the stored keys in `$1`, and the state of the change that was made with each key.
  private static let storedKeys = """
    SELECT idempotency.key_hash, idempotency.change, idempotency.body_hash, idempotency.recorded,
      CASE WHEN change.id IS NOT NULL THEN \(IdempotencyRows.freesKey) END
    FROM idempotency LEFT JOIN change ON change.id = idempotency.change
    WHERE idempotency.key_hash = ANY ($1)
    """
}
#endif
