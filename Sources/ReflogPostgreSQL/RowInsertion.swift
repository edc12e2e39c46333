#if PostgreSQL
import ReflogLedger
import ReflogModel
import ReflogStorage

/// The SQL statement that inserts many rows of another ledger; each column is sent as one array.
struct RowInsertion {
  let sql: String
  let parameters: [PostgreSQLConnection.Parameter]

  /// Creates the statement.
  ///
  /// - Throws: ``MigrationError/textWithZero(table:column:)`` if a text contains U+0000, which PostgreSQL can't store.
  init(of rows: LedgerRows, into table: LedgerTable) throws {
    var columns: [(name: String, type: String, values: PostgreSQLConnection.Parameter)] = []
    for (index, name) in table.columns.enumerated() {
      let values = stride(from: index, to: rows.values.count, by: rows.width).map { rows.values[$0] }
      // A column whose values are all NULL is left out. PostgreSQL then stores the default value of the column. If a
      // column can be NULL, its default value is NULL.
      guard let first = values.first(where: { $0 != .null }) else { continue }
      switch first {
      case .null: continue
      case .integer: columns.append((name, "bigint[]", .integers(try values.map { try $0.integer(name) })))
      case .blob: columns.append((name, "bytea[]", .byteStrings(try values.map { try $0.bytes(name) })))
      case .text, .guid:
        let texts = try values.map { try $0.text(name) }
        guard !texts.contains(where: { $0?.utf8.contains(0) ?? false }) else {
          throw MigrationError.textWithZero(table: table.name, column: name)
        }
        columns.append((name, "text[]", .texts(texts)))
      }
    }
    let arrays = columns.enumerated().map { "$\($0.offset + 1)::\($0.element.type)" }
    sql = """
      INSERT INTO \(table.name) (\(columns.map(\.name).joined(separator: ", ")))
      SELECT * FROM unnest(\(arrays.joined(separator: ", ")))
      """
    parameters = columns.map(\.values)
  }
}

extension SQLValue {
  fileprivate func integer(_ column: String) throws -> Int64? {
    switch self {
    case .null: nil
    case .integer(let number): number
    default: throw StorageError.unexpectedValue(column: column)
    }
  }

  fileprivate func bytes(_ column: String) throws -> [UInt8]? {
    switch self {
    case .null: nil
    case .blob(let bytes): bytes
    default: throw StorageError.unexpectedValue(column: column)
    }
  }

  fileprivate func text(_ column: String) throws -> String? {
    switch self {
    case .null: return nil
    case .text(let text): return text
    case .guid(let bytes):
      guard let text = bytes.withUnsafeBytes({ GUID.text(of: $0) }) else {
        throw StorageError.unexpectedValue(column: column)
      }
      return text
    default: throw StorageError.unexpectedValue(column: column)
    }
  }
}
#endif
