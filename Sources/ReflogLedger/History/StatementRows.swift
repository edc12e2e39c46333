import Foundation
import GRDB
import GRDBSQLite
import ReflogModel

/// The rows of a statement, one after another, read without a detour: histories have millions of them.
enum StatementRows<Column: RawRepresentable<Int32>> {
  /// Hands out each row of a statement with its arguments; a row holds until the next one.
  ///
  /// However it ends, the statement is reset: one that is left half-way keeps its connection at an old state of the file.
  static func forEach(_ statement: Statement, _ body: (StatementRow<Column>) throws -> Void) throws {
    let pointer = statement.sqliteStatement
    sqlite3_reset(pointer)
    defer { sqlite3_reset(pointer) }
    while true {
      switch sqlite3_step(pointer) {
      case SQLITE_ROW: try body(StatementRow(pointer: pointer))
      case SQLITE_DONE: return
      case let code:
        throw DatabaseError(
          resultCode: ResultCode(rawValue: code),
          message: sqlite3_errmsg(sqlite3_db_handle(pointer)).map { String(cString: $0) }
        )
      }
    }
  }
}

/// The columns of one row. Their values are looked at before they are believed: the file may be damaged.
struct StatementRow<Column: RawRepresentable<Int32>> {
  fileprivate let pointer: OpaquePointer

  /// Throws unless these columns are empty, as they must be beside what stands in the others.
  func requireNull(_ columns: Column...) throws {
    for column in columns where sqlite3_column_type(pointer, column.rawValue) != SQLITE_NULL { throw corrupt(column) }
  }

  func required<Value>(_ value: Value?, _ column: Column) throws -> Value {
    guard let value else { throw corrupt(column) }
    return value
  }

  func number(_ column: Column) throws -> Int64 {
    guard let number = try optionalNumber(column) else { throw corrupt(column) }
    return number
  }

  func optionalNumber(_ column: Column) throws -> Int64? {
    switch sqlite3_column_type(pointer, column.rawValue) {
    case SQLITE_INTEGER: sqlite3_column_int64(pointer, column.rawValue)
    case SQLITE_NULL: nil
    default: throw corrupt(column)
    }
  }

  func text(_ column: Column) throws -> String? {
    switch sqlite3_column_type(pointer, column.rawValue) {
    case SQLITE_TEXT: string(column)
    case SQLITE_NULL: nil
    default: throw corrupt(column)
    }
  }

  func word<Word>(_ column: Column, _ word: (String) -> Word?) throws -> Word {
    try required(try text(column).flatMap(word), column)
  }

  /// A GUID that stands as bytes, or any other text.
  func requestID(_ column: Column) throws -> String? {
    switch sqlite3_column_type(pointer, column.rawValue) {
    case SQLITE_TEXT:
      // Else it would be shown, and not be found.
      try required([string(column)].first { !RequestIDColumn.isGUID($0) }, column)
    case SQLITE_BLOB: try required(RequestIDColumn.guid(bytes(column)), column)
    case SQLITE_NULL: nil
    default: throw corrupt(column)
    }
  }

  private func string(_ column: Column) -> String {
    let start = sqlite3_column_text(pointer, column.rawValue)
    let count = Int(sqlite3_column_bytes(pointer, column.rawValue))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// The bytes of a blob, which hold until the next row; nothing where it is null.
  func blob(_ column: Column) throws -> UnsafeRawBufferPointer? {
    switch sqlite3_column_type(pointer, column.rawValue) {
    case SQLITE_BLOB: bytes(column)
    case SQLITE_NULL: nil
    default: throw corrupt(column)
    }
  }

  private func bytes(_ column: Column) -> UnsafeRawBufferPointer {
    let start = sqlite3_column_blob(pointer, column.rawValue)
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column.rawValue)))
  }

  /// Where a column holds what the schema does not allow.
  func corrupt(_ column: Column) -> LedgerError {
    .corrupt("\(column) of change \(sqlite3_column_int64(pointer, 0)) holds what can't stand there")
  }
}

extension StatementRow {
  func time(_ column: Column) throws -> Timestamp? {
    try optionalNumber(column).map { try required(Timestamp(recorded: $0), column) }
  }
}
