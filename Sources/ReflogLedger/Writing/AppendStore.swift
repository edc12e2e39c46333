package import ReflogModel
package import ReflogStorage

/// Reads and writes the rows of an append, in the way that is fastest for the database.
///
/// All methods are called on the writer's thread, between BEGIN and COMMIT. A method sees the rows that earlier methods
/// wrote in the same transaction. A store may first keep the written rows in memory. The store must send these rows to
/// the database before the next SQL statement on the same connection, and before COMMIT.
package protocol AppendStore: AnyObject {
  /// Reads the head row of the log, and locks the row until this transaction ends.
  ///
  /// - Parameters:
  ///   - groups: The groups that the transaction will append. With the groups, a store can read all needed rows in one
  ///     request.
  ///   - identities: The identity rows in memory.
  /// - Returns: The stored head, or nil if the row is missing.
  func readHead(appending groups: [Group], _ identities: Identities) throws -> StoredHead?

  /// Returns the pending change and the newest applied change at an address.
  ///
  /// - Parameter row: The row number of the address.
  func newestChanges(atAddress row: Int64) throws -> NewestChanges
  /// Returns the id of the pending change of a connector, or nil if there is none.
  ///
  /// - Parameter row: The row number of the connector.
  func pendingChange(ofConnector row: Int64) throws -> Int64?
  /// Returns the request that used an idempotency key at or after a time, or nil if no such request exists.
  func request(with key: IdempotencyKey, notBefore oldest: Int64) throws -> KeyedRequest?
  /// Returns the stored result of a change, or nil if the change does not exist.
  func result(of change: Int64) throws -> String?
  /// Returns the hash of an entry of a change, or nil if the entry does not exist.
  func hash(ofEntry sequence: Int64, of change: Int64) throws -> Hash?

  /// Inserts a change.
  func insert(_ row: ChangeRow) throws
  /// Inserts the personal part of a change.
  func insert(_ row: PersonalRow) throws
  /// Writes the outcome of a pending change, and returns false if the change is missing or not pending.
  func settle(_ row: OutcomeRow) throws -> Bool
  /// Inserts an entry of the log.
  func insert(_ row: EntryRow) throws
  /// Inserts the root of a full subtree of the Merkle tree.
  func insert(_ row: SubtreeRow) throws
  /// Inserts an idempotency key, or replaces the row of the same key.
  func insert(_ row: KeyRow) throws
  /// Writes the head row.
  func write(_ head: LedgerHead) throws
}

/// The stored head row of the log, and the numbers of the newest rows in the tables.
package struct StoredHead: Sendable {
  package let nextSequence, nextChange, nextEvent, newestTime: Int64
  package let checkpoint: String?
  package let newest: LedgerHead.Newest

  /// The SQL of the columns that ``init(_:)`` reads, for a query of the table `head`.
  package static let columns = """
    next_sequence, next_change, next_event, newest_time, checkpoint, \(LedgerHead.newestColumns)
    """

  /// Reads a stored head from a row whose first columns are ``columns``.
  package init(_ row: Row) throws {
    nextSequence = try row.integer(0)
    nextChange = try row.integer(1)
    nextEvent = try row.integer(2)
    newestTime = try row.integer(3)
    checkpoint = try row.optionalText(4)
    newest = LedgerHead.Newest(
      entry: try row.optionalInteger(5),
      change: try row.optionalInteger(6),
      event: try row.optionalInteger(7)
    )
  }
}

/// The ids of the pending change and of the newest applied change at an address.
///
/// An id is nil if the address has no such change.
package struct NewestChanges: Sendable {
  package let pending, applied: Int64?

  /// Creates the ids.
  package init(pending: Int64?, applied: Int64?) {
    self.pending = pending
    self.applied = applied
  }
}

/// The earlier request that used an idempotency key.
package struct KeyedRequest: Sendable {
  /// The first change that the request made.
  package let change: Int64
  /// Whether the earlier request had the same body as the present request.
  package let isSameBody: Bool
  /// Whether the key may be used again.
  ///
  /// The key may be used again if the directory did not make the change, and a repetition of the request may succeed.
  package let frees: Bool

  /// Creates an earlier request.
  package init(change: Int64, isSameBody: Bool, frees: Bool) {
    self.change = change
    self.isSameBody = isSameBody
    self.frees = frees
  }
}

/// A change to insert, with the row numbers of the change's identities.
package struct ChangeRow {
  package let change: Change
  package let address: Int64?
  package let before, after: Identities.ReferenceRows
  package let actor, clientApp: Int64?

  /// The value of the column `changed_properties`.
  package var changedProperties: String? { change.intent.changedProperties.map(ChangedPropertiesColumn.text(of:)) }

  /// The time from the intent to the outcome in microseconds, or nil if the change is pending.
  package var resultDelay: Int64? {
    change.resultDateTime.map { $0.microseconds - change.activityDateTime.microseconds }
  }
}

/// The personal part of a change to insert.
package struct PersonalRow {
  package let change: Int64
  package let salt: Salt
  package let actorName: Int64?
  package let ipAddress, reason: String?
}

/// The outcome of a pending change.
package struct OutcomeRow {
  /// The change with its outcome.
  package let change: Change
  package let outcome: Change.Outcome
  /// The time of the outcome in microseconds since 1970.
  package let time: Int64
  package let createdConnector, createdName: Int64?

  /// The message to store, or nil if the message is a person's statement, which is stored in a separate table.
  package var message: String? { outcome.settledBy == .person ? nil : outcome.message }
}

/// An entry to insert.
package struct EntryRow {
  package let sequence: Int64
  package let subject: EntrySubject
  package let hash: Hash
  package let salt: Salt
}

/// The change or the service event that an entry records.
package enum EntrySubject: Sendable {
  case change(Change.ID)
  case event(Int64)
}

/// The root of a full subtree to insert.
package struct SubtreeRow {
  package let level, position: Int64
  package let hash: Hash
}

/// An idempotency key to insert.
package struct KeyRow {
  package let key: IdempotencyKey
  package let change: Int64
  /// The time of the request in microseconds since 1970.
  package let recorded: Int64
}

extension Change.Settler {
  /// The value of the column `settler`, or nil if the request that made the change also settled the change.
  package var column: String? { self == .request ? nil : rawValue }
}
