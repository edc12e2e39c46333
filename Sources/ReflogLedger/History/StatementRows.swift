import Foundation
import GRDB
import GRDBSQLite
import ReflogModel

/// The rows of a statement, one after another, read without a detour: histories have millions of them.
struct StatementRows<Column: RawRepresentable<Int32>> {
  private let statement: Statement

  /// - Parameter statement: with its arguments.
  init(_ statement: Statement) {
    self.statement = statement
    sqlite3_reset(statement.sqliteStatement)
  }

  /// The next row, which holds until the one behind it is asked for; nothing at the end.
  func next() throws -> StatementRow<Column>? {
    switch sqlite3_step(statement.sqliteStatement) {
    case SQLITE_ROW: return StatementRow(pointer: statement.sqliteStatement)
    case SQLITE_DONE:
      sqlite3_reset(statement.sqliteStatement)
      return nil
    case let code:
      sqlite3_reset(statement.sqliteStatement)
      throw DatabaseError(resultCode: ResultCode(rawValue: code), message: "The ledger can't be read.")
    }
  }
}

/// The columns of one row. Their values are looked at before they are believed: the file may be damaged.
struct StatementRow<Column: RawRepresentable<Int32>> {
  fileprivate let pointer: OpaquePointer

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
  func requestID(_ column: Column) -> String? {
    switch sqlite3_column_type(pointer, column.rawValue) {
    case SQLITE_TEXT: string(column)
    case SQLITE_BLOB: RequestIDColumn.guid(bytes(column))
    default: nil
    }
  }

  private func string(_ column: Column) -> String {
    let start = sqlite3_column_text(pointer, column.rawValue)
    let count = Int(sqlite3_column_bytes(pointer, column.rawValue))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// The bytes of a column, which hold until the next row; none where it is empty.
  func bytes(_ column: Column) -> UnsafeRawBufferPointer {
    let start = sqlite3_column_blob(pointer, column.rawValue)
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column.rawValue)))
  }

  private func corrupt(_ column: Column) -> LedgerError {
    .corrupt("\(column) of change \(sqlite3_column_int64(pointer, 0)) holds what can't stand there")
  }
}

extension StatementRow {
  func time(_ column: Column) throws -> Timestamp? {
    try optionalNumber(column).map(Timestamp.init(microseconds:))
  }
}
