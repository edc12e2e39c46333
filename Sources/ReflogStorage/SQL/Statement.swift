import GRDB
import GRDBSQLite

/// A prepared statement of one connection. Use it on the connection's thread only.
package struct Statement {
  private let owner: GRDB.Statement
  private let pointer: OpaquePointer
  private let connection: Connection

  init(_ owner: GRDB.Statement, of connection: Connection) {
    self.owner = owner
    pointer = owner.sqliteStatement
    self.connection = connection
  }

  var sql: String { owner.sql }
  var argumentCount: Int { Int(sqlite3_bind_parameter_count(pointer)) }

  /// Whether some of its rows are being read.
  var isBusy: Bool { sqlite3_stmt_busy(pointer) != 0 }

  func index(ofArgument name: String) -> Int32? {
    let index = sqlite3_bind_parameter_index(pointer, ":" + name)
    return index > 0 ? index : nil
  }

  package func bind(_ index: Int32, _ value: SQLValue) {
    switch value {
    case .null: note(sqlite3_bind_null(pointer, index))
    case .integer(let number): bind(index, number)
    case .text(let text): bind(index, text)
    case .blob(let bytes): bytes.withUnsafeBytes { bind(index, $0) }
    }
  }

  package func bind(_ index: Int32, _ number: Int64) {
    note(sqlite3_bind_int64(pointer, index, number))
  }

  package func bind(_ index: Int32, _ number: Int64?) {
    if let number { bind(index, number) } else { note(sqlite3_bind_null(pointer, index)) }
  }

  package func bind(_ index: Int32, _ text: String) {
    var text = text
    text.withUTF8 { bytes in
      // An empty buffer may have no address, and that would be NULL.
      let start = bytes.baseAddress.map(UnsafeRawPointer.init)?.assumingMemoryBound(to: CChar.self) ?? Self.emptyText
      note(sqlite3_bind_text64(pointer, index, start, UInt64(bytes.count), Self.copied, UInt8(SQLITE_UTF8)))
    }
  }

  package func bind(_ index: Int32, _ text: String?) {
    if let text { bind(index, text) } else { note(sqlite3_bind_null(pointer, index)) }
  }

  package func bind(_ index: Int32, _ bytes: UnsafeRawBufferPointer) {
    if let start = bytes.baseAddress {
      note(sqlite3_bind_blob64(pointer, index, start, UInt64(bytes.count), Self.copied))
    } else {
      note(sqlite3_bind_zeroblob(pointer, index, 0))
    }
  }

  /// A value that could not be bound, such as one beyond SQLite's limits, has the next run of the statement fail.
  private func note(_ result: Int32) {
    if result != SQLITE_OK { connection.noteFailedBinding(result) }
  }

  /// Reads the next row, or nil at the end. Reset the statement after it: the fast way for a statement that is run for every change.
  package func next() throws(SQLError) -> Row? {
    try connection.willRun()
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return Row(pointer: pointer)
    case SQLITE_DONE: return nil
    case let result:
      let error = SQLError(result, of: sqlite3_db_handle(pointer))
      reset()
      throw error
    }
  }

  package func reset() { sqlite3_reset(pointer) }

  /// Runs it to its end and resets it.
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

  /// Hands out each row. However it ends, the statement is reset: one that is left half-way would keep its connection at an old
  /// state of the file.
  package func forEach(_ body: (Row) throws -> Void) throws {
    try connection.willRun()
    defer { sqlite3_reset(pointer) }
    while true {
      switch sqlite3_step(pointer) {
      case SQLITE_ROW: try body(Row(pointer: pointer))
      case SQLITE_DONE: return
      case let result: throw SQLError(result, of: sqlite3_db_handle(pointer))
      }
    }
  }

  /// The first row's value, or nil where there is no row.
  package func first<Value>(_ value: (Row) throws -> Value) throws -> Value? {
    try connection.willRun()
    defer { sqlite3_reset(pointer) }
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return try value(Row(pointer: pointer))
    case SQLITE_DONE: return nil
    case let result: throw SQLError(result, of: sqlite3_db_handle(pointer))
    }
  }

  /// SQLite copies what is bound so.
  private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
  private static var emptyText: UnsafePointer<CChar> {
    UnsafeRawPointer(StaticString("").utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
