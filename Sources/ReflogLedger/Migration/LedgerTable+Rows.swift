import ReflogModel
package import ReflogStorage

/// Several rows of a table, in the order of the table's key.
package struct LedgerRows: Sendable, Equatable {
  /// The number of columns.
  package let width: Int
  /// The number of columns in the key; the key's columns are the first columns of each row.
  let keyWidth: Int
  /// The values of all rows: first all values of the first row, then all values of the second row, and so on.
  package var values: [SQLValue] = []

  /// The number of rows.
  var count: Int { values.count / width }
  var isEmpty: Bool { values.isEmpty }
  /// The key of the last row, or nil if there are no rows.
  var lastKey: [SQLValue]? { isEmpty ? nil : Array(values[(values.count - width)...].prefix(keyWidth)) }

  /// The rows as bytes, for the computation of a hash: the type, the length and the bytes of each value.
  var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * 12)
    func append(_ type: UInt8, _ content: some Collection<UInt8>) {
      bytes.append(type)
      append(Int64(content.count))
      bytes += content
    }
    func append(_ number: Int64) {
      for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
    for value in values {
      switch value {
      case .null: bytes.append(0)
      case .integer(let number):
        bytes.append(1)
        append(number)
      case .text(let text): append(2, text.utf8)
      case .blob(let content): append(3, content)
      case .guid(let content): append(4, content)
      }
    }
    return bytes
  }
}

extension LedgerTable {
  /// The maximum number of rows that one transaction copies.
  package static let rowsPerBatch = 5000
  /// A batch ends when its values have this total size in bytes.
  ///
  /// The limit keeps the use of memory small.
  private static let bytesPerBatch = 8 << 20
  /// The maximum number of values in one INSERT statement, which is less than the 65,535 that PostgreSQL accepts.
  private static let valuesPerStatement = 4000

  /// Returns at most `limit` rows that follow a key, or the first rows if the key is nil.
  ///
  /// The result is empty only at the end of the table. If the rows are long, the result has fewer rows than `limit`.
  func rows(after key: [SQLValue]?, limit: Int = rowsPerBatch, _ db: any LedgerConnection) throws -> LedgerRows {
    var rows = LedgerRows(width: columns.count, keyWidth: self.key.count)
    var size = 0
    let names = self.key.joined(separator: ", ")
    let marks = self.key.map { _ in "?" }.joined(separator: ", ")
    let condition = key == nil ? "" : "WHERE (\(names)) > (\(marks))"
    try db.read(
      "SELECT \(columns.joined(separator: ", ")) FROM \(name) \(condition) ORDER BY \(names) LIMIT ?",
      SQLArguments((key ?? []) + [.integer(Int64(limit))]),
      kept: true
    ) { row in
      for column in columns.indices {
        let value = holdsRequestIDs(column) ? try row.requestIDValue(column) : try row.value(column)
        size += value.byteCount
        rows.values.append(value)
      }
      return size < Self.bytesPerBatch
    }
    return rows
  }

  /// Returns the key of the last row, or nil if the table is empty.
  func lastKey(_ db: any LedgerConnection) throws -> [SQLValue]? {
    try db.first(
      """
      SELECT \(key.joined(separator: ", ")) FROM \(name)
      ORDER BY \(key.map { $0 + " DESC" }.joined(separator: ", ")) LIMIT 1
      """
    ) { row in
      try key.indices.map { holdsRequestIDs($0) ? try row.requestIDValue($0) : try row.value($0) }
    }
  }

  /// Inserts rows that were read from another ledger.
  ///
  /// Each SQL statement inserts several rows.
  func insert(_ rows: LedgerRows, _ db: any LedgerConnection) throws {
    let most = max(1, Self.valuesPerStatement / columns.count)
    var rest = rows.values[...]
    while !rest.isEmpty {
      let values = rest.prefix(most * columns.count)
      rest = rest.dropFirst(values.count)
      let count = values.count / columns.count
      // All SQL statements have the same text, except the last statement of a batch, which can insert fewer rows. So
      // only a statement with the usual number of rows is kept as a prepared statement.
      try db.execute(insertion(of: count), SQLArguments(Array(values)), kept: count == most)
    }
  }

  /// Returns the SQL statement that inserts this number of rows.
  private func insertion(of count: Int) -> String {
    let row = "(" + columns.map { _ in "?" }.joined(separator: ", ") + ")"
    return "INSERT INTO \(name) (\(columns.joined(separator: ", "))) VALUES "
      + repeatElement(row, count: count).joined(separator: ", ")
  }
}

extension Row {
  /// Returns the id of a request in a form that is the same for all databases.
  fileprivate func requestIDValue(_ column: Int) throws -> SQLValue {
    let value = try value(column)
    switch value {
    case .null: return value
    case .blob(let bytes):
      guard !storesGUIDsAsText, bytes.count == 16 else { throw unexpected(column) }
      return .guid(bytes)
    case .text(let text):
      guard let bytes = GUID.bytes(of: text) else { return value }
      // SQLite stores every GUID as bytes, so Reflog did not write this text.
      guard storesGUIDsAsText else { throw unexpected(column) }
      return .guid(bytes)
    case .integer, .guid: throw unexpected(column)
    }
  }
}

extension SQLValue {
  /// The number of bytes of a text or a blob.
  ///
  /// The number is 8 for all other values.
  fileprivate var byteCount: Int {
    switch self {
    case .null, .integer: 8
    case .text(let text): text.utf8.count
    case .blob(let bytes), .guid(let bytes): bytes.count
    }
  }
}
