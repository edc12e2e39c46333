import GRDB
import GRDBSQLite

/// A prepared SQL statement of one connection.
///
/// Use the statement only on the connection's thread.
package struct Statement {
  private let owner: GRDB.Statement
  private let pointer: OpaquePointer
  private let connection: Connection

  /// Wraps a statement that GRDB prepared.
  init(_ owner: GRDB.Statement, of connection: Connection) {
    self.owner = owner
    pointer = owner.sqliteStatement
    self.connection = connection
  }

  /// The SQL text.
  var sql: String { owner.sql }
  /// The number of arguments that must be bound.
  var argumentCount: Int { Int(sqlite3_bind_parameter_count(pointer)) }

  /// Whether a caller is reading the rows of this statement.
  var isBusy: Bool { sqlite3_stmt_busy(pointer) != 0 }

  /// Returns the index of the argument `:name`, or nil if the statement has no argument with this name.
  func index(ofArgument name: String) -> Int32? {
    let index = sqlite3_bind_parameter_index(pointer, ":" + name)
    return index > 0 ? index : nil
  }

  /// Binds a value to the argument at an index.
  ///
  /// The first argument has the index 1.
  package func bind(_ index: Int32, _ value: SQLValue) {
    switch value {
    case .null: note(sqlite3_bind_null(pointer, index))
    case .integer(let number): bind(index, number)
    case .text(let text): bind(index, text)
    case .blob(let bytes), .guid(let bytes): bytes.withUnsafeBytes { bind(index, $0) }
    }
  }

  /// Binds a number.
  package func bind(_ index: Int32, _ number: Int64) {
    note(sqlite3_bind_int64(pointer, index, number))
  }

  /// Binds a number, or NULL.
  package func bind(_ index: Int32, _ number: Int64?) {
    if let number { bind(index, number) } else { note(sqlite3_bind_null(pointer, index)) }
  }

  /// Binds a text, which SQLite copies.
  package func bind(_ index: Int32, _ text: String) {
    var text = text
    text.withUTF8 { bytes in
      // An empty buffer may have no address. If SQLite got a null pointer, it would bind NULL instead of an empty text.
      // So a fixed address is passed.
      let start = bytes.baseAddress.map(UnsafeRawPointer.init)?.assumingMemoryBound(to: CChar.self) ?? Self.emptyText
      note(sqlite3_bind_text64(pointer, index, start, UInt64(bytes.count), Self.copied, UInt8(SQLITE_UTF8)))
    }
  }

  /// Binds a text, or NULL.
  package func bind(_ index: Int32, _ text: String?) {
    if let text { bind(index, text) } else { note(sqlite3_bind_null(pointer, index)) }
  }

  /// Binds bytes, which SQLite copies.
  package func bind(_ index: Int32, _ bytes: UnsafeRawBufferPointer) {
    if let start = bytes.baseAddress {
      note(sqlite3_bind_blob64(pointer, index, start, UInt64(bytes.count), Self.copied))
    } else {
      note(sqlite3_bind_zeroblob(pointer, index, 0))
    }
  }

  /// Stores the result code of a failed binding.
  ///
  /// For example, a binding fails if the value exceeds SQLite's limits.
  ///
  /// After a failed binding, the next run of a statement throws.
  private func note(_ result: Int32) {
    if result != SQLITE_OK { connection.noteFailedBinding(result) }
  }

  /// Returns the next row, or nil after the last row.
  ///
  /// Use this method only for statements that run for every change. It is faster than ``read(_:)`` but needs more care:
  /// call ``reset()`` after the last row.
  package func next() throws(SQLError) -> Row? {
    try connection.willRun()
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return Row(statement: pointer)
    case SQLITE_DONE: return nil
    case let result:
      let error = SQLError(result, of: sqlite3_db_handle(pointer))
      reset()
      throw error
    }
  }

  /// Resets the statement for its next run.
  package func reset() { sqlite3_reset(pointer) }

  /// Runs the statement until its last row, and resets the statement.
  package func run() throws(SQLError) {
    try connection.willRun()
    var result = sqlite3_step(pointer)
    while result == SQLITE_ROW { result = sqlite3_step(pointer) }
    guard result == SQLITE_DONE else {
      let error = SQLError(result, of: sqlite3_db_handle(pointer))
      sqlite3_reset(pointer)
      throw error
    }
    sqlite3_reset(pointer)
  }

  /// Calls `body` with each row, until `body` returns false.
  ///
  /// The statement is always reset, even after an error. Without the reset, later reads of the connection would return
  /// an old state of the file.
  package func read(_ body: (Row) throws -> Bool) throws {
    try connection.willRun()
    defer { sqlite3_reset(pointer) }
    while true {
      switch sqlite3_step(pointer) {
      case SQLITE_ROW: guard try body(Row(statement: pointer)) else { return }
      case SQLITE_DONE: return
      case let result: throw SQLError(result, of: sqlite3_db_handle(pointer))
      }
    }
  }

  /// Calls `value` with the first row and returns the value, or returns nil if there is no row.
  package func first<Value>(_ value: (Row) throws -> Value) throws -> Value? {
    try connection.willRun()
    defer { sqlite3_reset(pointer) }
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return try value(Row(statement: pointer))
    case SQLITE_DONE: return nil
    case let result: throw SQLError(result, of: sqlite3_db_handle(pointer))
    }
  }

  /// `SQLITE_TRANSIENT`: SQLite copies the bytes while it binds them.
  private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
  /// The address of an empty text.
  private static var emptyText: UnsafePointer<CChar> {
    UnsafeRawPointer(StaticString("").utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
