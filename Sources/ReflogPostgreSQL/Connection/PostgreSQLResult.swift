#if PostgreSQL
import CLibpq
package import ReflogStorage

/// The result of one statement.
package final class PostgreSQLResult {
  private let result: OpaquePointer

  /// Wraps a result of libpq, and frees the result when this object is released.
  init(_ result: OpaquePointer) {
    self.result = result
  }

  deinit { PQclear(result) }

  /// The number of rows that the statement changed or returned.
  package var affectedRows: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }
  /// The number of rows that the statement returned.
  package var count: Int { Int(PQntuples(result)) }

  /// Calls `body` with each row, until `body` returns false.
  ///
  /// A row is valid until the next row is read.
  package func forEach(_ body: (Row) throws -> Bool) throws {
    guard count > 0 else { return }
    let decoder = try RowDecoder(self)
    for row in 0..<count { guard try decoder.withRow(row, of: self, body) else { return } }
  }

  /// The pointer for libpq's functions; the pointer is valid while this object exists.
  var pointer: OpaquePointer { result }
}

/// Converts rows of libpq to rows of Reflog; all results must have the same columns.
struct RowDecoder {
  private let cells: Row.Cells
  private let types: [ColumnType]

  /// Creates the decoder of a result's columns.
  ///
  /// - Throws: An error if a column has a type that Reflog does not read.
  init(_ result: PostgreSQLResult) throws(SQLError) {
    var names: [String] = []
    var types: [ColumnType] = []
    for column in 0..<PQnfields(result.pointer) {
      let name = PQfname(result.pointer, column).map { String(cString: $0) } ?? ""
      let type = PQftype(result.pointer, column)
      guard let columnType = ColumnType(type) else {
        throw SQLError(
          code: .misuse,
          message: "column \(name) has the PostgreSQL type \(type), which Reflog does not read; cast it in the query"
        )
      }
      names.append(name)
      types.append(columnType)
    }
    cells = Row.Cells(names: names)
    self.types = types
  }

  /// Calls `body` with a row.
  func withRow<Value>(_ row: Int, of result: PostgreSQLResult, _ body: (Row) throws -> Value) rethrows -> Value {
    let row = Int32(row)
    for (column, type) in types.enumerated() {
      cells[column] = Self.cell(type, result.pointer, row, Int32(column))
    }
    return try withExtendedLifetime((cells, result)) { try body(Row(cells)) }
  }

  private static func cell(_ type: ColumnType, _ result: OpaquePointer, _ row: Int32, _ column: Int32) -> Row.Cell {
    guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return .null }
    let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
    switch type {
    // `Row.Cell` needs a NUL behind each text. In memory, libpq writes a NUL behind every value, even in the binary
    // format.
    case .text: return .text(bytes)
    case .bytes: return .blob(bytes)
    case .integer64: return .integer(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
    case .integer32: return .integer(Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self))))
    case .integer16: return .integer(Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self))))
    case .unsigned32: return .integer(Int64(UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))))
    case .boolean: return .integer(bytes[0] == 0 ? 0 : 1)
    case .void: return .null
    }
  }
}

/// The forms in which PostgreSQL sends the values that Reflog reads.
private enum ColumnType {
  case integer64, integer32, integer16, unsigned32, boolean, text, bytes, void

  /// Returns the form of a type's values, or nil if Reflog does not read values of the type.
  ///
  /// The numbers are from PostgreSQL's file src/include/catalog/pg_type.dat.
  init?(_ type: Oid) {
    switch type {
    case 16: self = .boolean
    case 17: self = .bytes
    case 20: self = .integer64
    case 21: self = .integer16
    case 23: self = .integer32
    case 26: self = .unsigned32
    // These are the numbers of "char", name, text, json, xml, unknown, char(n) and varchar(n).
    case 18, 19, 25, 114, 142, 705, 1042, 1043: self = .text
    case 2278: self = .void
    default: return nil
    }
  }
}
#endif
