#if PostgreSQL
import ReflogStorage

/// An index of a ledger's table, and the check that the index has an entry for each row of the table.
struct LedgerIndex: Sendable {
  let table: String
  private let name: String
  private let oid: Int64
  /// The expressions of the index.
  private let keys: [String]
  /// The condition of a partial index, or nil if the index contains all rows.
  private let condition: String?
  private let isUnique: Bool

  /// Returns the indexes of the current schema, sorted by table.
  static func all(_ db: any LedgerConnection) throws -> [LedgerIndex] {
    try db.rows(
      """
      SELECT
        quote_ident(owner.relname)::text, index.relname::text, indexrelid::bigint, pg_get_expr(indpred, indrelid),
        (
          SELECT string_agg('(' || pg_get_indexdef(indexrelid, number, false) || ')', chr(10) ORDER BY number)
          FROM generate_series(1, indnkeyatts) AS number
        ),
        indisunique
      FROM pg_index
      JOIN pg_class AS index ON index.oid = indexrelid
      JOIN pg_class AS owner ON owner.oid = indrelid
      JOIN pg_am ON pg_am.oid = index.relam
      WHERE index.relnamespace = current_schema()::regnamespace AND owner.relkind = 'r' AND amname = 'btree'
        AND indisvalid
      ORDER BY owner.relname, index.relname
      """
    ) { row in
      LedgerIndex(
        table: try row.text(0),
        name: try row.text(1),
        oid: try row.integer(2),
        keys: try row.text(4).split(separator: "\n").map(String.init),
        condition: try row.optionalText(3),
        isUnique: try row.bool(5)
      )
    }
  }

  /// Returns the first problem of the index, or nil if the index has no problem.
  ///
  /// The extension amcheck checks the pages of the index, and checks that the index contains each row. If the extension
  /// is missing, two results are compared: the rows from a scan of the table, and the rows from a scan of the index.
  ///
  /// - Throws: An error with the code `corrupt` if amcheck finds that the index is damaged.
  func problem(_ db: any LedgerConnection) throws -> String? {
    try use(index: false, db)
    // The keys of a unique index are compared with each other. PostgreSQL makes this comparison only when a row is
    // written, and a superuser can switch the comparison off.
    if isUnique, try hasDoubledKey(db) { return "two rows have the same key in the unique index \(name)" }
    if let check = try Self.amcheck(db) {
      try db.forEach("SELECT \(check)(?::oid::regclass, true)", [oid], kept: false) { _ in }
      return nil
    }
    let isInOrder = "SELECT * FROM (\(rows) ORDER BY \(keys.joined(separator: ", "))) AS rows OFFSET 0"
    try use(index: true, db)
    let plan = try db.rows("EXPLAIN \(isInOrder)", kept: false) { try $0.text(0) }
    guard plan.contains(where: { $0.contains(" using \(name) ") }) else {
      return "index \(name) can't be checked without the extension amcheck"
    }
    let byIndex = try digest(isInOrder, db)
    try use(index: false, db)
    let byTable = try digest(rows, db)
    return byIndex == byTable ? nil : "index \(name) does not match its table: \(byIndex) and \(byTable)"
  }

  /// Returns whether two rows have the same key; a row with NULL in its key is never equal to another row.
  private func hasDoubledKey(_ db: any LedgerConnection) throws -> Bool {
    let all = (condition.map { ["(\($0))"] } ?? []) + keys.map { "\($0) IS NOT NULL" }
    let columns = keys.joined(separator: ", ")
    let doubled = "SELECT FROM \(table) WHERE \(all.joined(separator: " AND ")) GROUP BY \(columns) HAVING count(*) > 1"
    return try db.integer("SELECT count(*) FROM (\(doubled) LIMIT 1) AS doubled", kept: false) != 0
  }

  /// The query that returns the keys that the index must contain.
  private var rows: String {
    "SELECT \(keys.joined(separator: ", ")) FROM \(table)" + (condition.map { " WHERE \($0)" } ?? "")
  }

  /// Returns the number of rows that a query returns, and a hash over the rows that does not depend on the order of the
  /// rows.
  private func digest(_ query: String, _ db: any LedgerConnection) throws -> String {
    let sql = """
      SELECT count(*) || ' rows, hash ' || coalesce(sum(hashtextextended(keys::text, 0)), 0) FROM (\(query)) AS keys
      """
    return try db.text(sql, kept: false) ?? ""
  }

  /// Until the transaction ends, makes PostgreSQL use only index scans if `index` is true, or no index if it is false.
  private func use(index: Bool, _ db: any LedgerConnection) throws {
    for setting in ["indexscan", "indexonlyscan"] { try db.execute("SET LOCAL enable_\(setting) = \(index)") }
    for setting in ["seqscan", "sort"] { try db.execute("SET LOCAL enable_\(setting) = \(!index)") }
    try db.execute("SET LOCAL enable_bitmapscan = false")
  }

  /// Returns the name of amcheck's function, or nil if the extension is missing or the role has no right to use it.
  private static func amcheck(_ db: any LedgerConnection) throws -> String? {
    try db.text(
      """
      SELECT pronamespace::regnamespace || '.bt_index_check'
      FROM pg_proc JOIN pg_extension ON extname = 'amcheck' AND extnamespace = pronamespace
      WHERE proname = 'bt_index_check' AND pronargs = 2 AND has_function_privilege(pg_proc.oid, 'EXECUTE')
      """
    )
  }
}
#endif
