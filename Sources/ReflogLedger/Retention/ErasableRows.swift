import ReflogModel
import ReflogStorage

/// Finds the personal data that an erasure may delete, and deletes it.
enum ErasableRows {
  /// A table with personal data, and the SQL that finds and empties its rows.
  struct Table {
    let name: String
    /// The column with the id of the change or the service event.
    let id: String
    /// The SQL after `FROM`: the table, joined with the other tables whose columns the expressions below need.
    let source: String
    /// The SQL expression of the actor's row number.
    let actor: String
    /// The SQL expression of the sequence number of the entry with the data.
    let sequence: String
    /// The SQL condition that a legal hold covers the data.
    let isHeld: String
    /// The SQL that empties the columns with personal data.
    let emptied: String
  }

  static let changes = Table(
    name: "change_personal",
    id: "change",
    source: """
      change JOIN change_personal ON change_personal.change = change.id LEFT JOIN address ON address.id = change.address
      """,
    actor: "change.actor",
    sequence: "change.intent_sequence",
    isHeld: RetentionRows.isHeld,
    emptied: "actor_name = NULL, ip_address = NULL, reason = NULL"
  )
  /// The personal data in people's statements about pending changes.
  static let statements = Table(
    name: "change_statement",
    id: "change",
    source: """
      change_statement JOIN change ON change.id = change_statement.change
      LEFT JOIN address ON address.id = change.address
      """,
    actor: "change_statement.actor",
    sequence: "change.outcome_sequence",
    isHeld: RetentionRows.isHeld,
    emptied: "actor_name = NULL, ip_address = NULL, reason = NULL"
  )
  static let events = Table(
    name: "service_event_personal",
    id: "event",
    source: """
      service_event JOIN service_event_personal ON service_event_personal.event = service_event.id
      """,
    actor: "service_event.actor",
    sequence: "service_event.sequence",
    isHeld: RetentionRows.isEventHeld,
    emptied: "actor_name = NULL, ip_address = NULL, reason = NULL"
  )
  static let tables = [changes, statements, events]

  /// Counts the changes or events that contain personal data of an actor.
  ///
  /// Data that is already erased is not counted. `erasable` is the number of changes or events that may be erased, and
  /// `held` is the number under a legal hold. A change with rows in two of the tables is counted once. If a hold covers
  /// only one of the two rows, the change is counted in both numbers.
  static func count(_ tables: [Table], of actor: Int64, _ db: any LedgerConnection) throws -> (
    erasable: Int64, held: Int64
  ) {
    let rows = tables.map { table in
      """
      SELECT \(table.name).\(table.id) AS id, \(table.isHeld) AS held FROM \(table.source)
      WHERE \(table.actor) = :actor AND \(table.name).salt IS NOT NULL
      """
    }
    return try db.first(
      "SELECT count(*), count(*) FILTER (WHERE held) FROM (\(rows.joined(separator: " UNION "))) AS personal",
      ["actor": actor]
    ) { row in (try row.integer(0) - row.integer(1), try row.integer(1)) } ?? (0, 0)
  }

  /// Returns the next rows with personal data that may be erased and belongs to the actor of an erasure.
  ///
  /// Each result contains the id of the row and the sequence number of the entry that contains the data.
  ///
  /// - Parameters:
  ///   - table: The table with the data.
  ///   - erasure: The erasure; only entries that are older than the request of the erasure are returned.
  ///   - position: The last id that the erasure has processed.
  ///   - limit: The maximum number of rows.
  ///   - db: The connection.
  static func next(
    _ table: Table,
    of erasure: ErasureRows.Unfinished,
    behind position: Int64,
    limit: Int,
    _ db: any LedgerConnection
  ) throws -> [(id: Int64, sequence: Int64)] {
    try db.rows(
      """
      SELECT \(table.name).\(table.id), \(table.sequence) FROM \(table.source)
      WHERE \(table.actor) = :actor AND \(table.name).salt IS NOT NULL AND NOT \(table.isHeld)
        AND \(table.name).\(table.id) > :position AND \(table.sequence) < :sequence
      ORDER BY \(table.name).\(table.id) LIMIT :limit
      """,
      ["actor": erasure.actor, "position": position, "sequence": erasure.sequence, "limit": limit]
    ) { row in (try row.integer(0), try row.integer(1)) }
  }

  /// A row that contains personal data and is listed in a claim.
  struct Claimed {
    let id: Int64
    let sequence: Int64
    let actor: Int64
    let isHeld: Bool
  }

  /// Returns the rows of a set of entries, without the rows whose personal data is already erased.
  ///
  /// The rows are found with the table `entry`, which contains the id of the change or the event for each sequence
  /// number.
  static func claimed(_ table: Table, in entries: IDRanges, _ db: any LedgerConnection) throws -> [Claimed] {
    let subject = table.id == "event" ? "service_event.id = entry.event" : "change.id = entry.change"
    return try db.rows(
      """
      SELECT \(table.name).\(table.id), \(table.sequence), \(table.actor), \(table.isHeld)
      FROM entry CROSS JOIN \(table.source)
      WHERE entry.sequence IN (\(db.dialect.numbers(inArray: "?"))) AND \(subject)
        AND \(table.sequence) = entry.sequence AND \(table.name).salt IS NOT NULL
      ORDER BY \(table.name).\(table.id)
      """,
      [entries.jsonArray]
    ) { row in
      Claimed(id: try row.integer(0), sequence: try row.integer(1), actor: try row.integer(2), isHeld: try row.bool(3))
    }
  }

  /// Replaces personal data with its hash, and stores the id of the event that claimed the data.
  static func erase(_ table: Table, _ id: Int64, _ hash: Hash?, because event: Int64, _ db: any LedgerConnection) throws
  {
    guard let hash else { throw LedgerError.corrupt("the personal data that an erasure must delete is missing") }
    try db.execute(
      """
      UPDATE \(table.name) SET salt = NULL, \(table.emptied), erased_hash = :hash, erased_event = :event
      WHERE \(table.id) = :id
      """,
      ["hash": hash, "event": event, "id": id]
    )
  }
}
