import GRDBSQLite

/// A row of a result, valid until the next row is read.
///
/// The methods never convert a value. If the value does not have the type that the caller requests, the method throws,
/// because the database may be damaged.
package struct Row {
  /// The SQLite statement that returned this row, or nil if another database sent the row.
  private let statement: OpaquePointer?
  /// The values of the row, or nil if the row is from SQLite.
  private let cells: Unmanaged<Cells>?

  /// Creates a row of SQLite.
  init(statement: OpaquePointer) {
    self.statement = statement
    cells = nil
  }

  /// Creates a row that another database sent.
  ///
  /// The caller keeps `cells` alive while the row is used.
  package init(_ cells: Cells) {
    statement = nil
    self.cells = Unmanaged.passUnretained(cells)
  }

  /// The values of one row in memory.
  package final class Cells {
    /// The names of the columns, for error messages.
    package let names: [String]
    /// The value of each column.
    ///
    /// If the values were an array, Swift would check each access while the program runs, because the variable belongs
    /// to a class. A buffer needs no such check, so a row with many columns is read faster.
    private let values: UnsafeMutableBufferPointer<Cell>

    /// Creates the cells of a result with NULL in each column.
    package init(names: [String]) {
      self.names = names
      values = .allocate(capacity: names.count)
      values.initialize(repeating: .null)
    }

    deinit { values.deallocate() }

    /// The value of a column.
    package subscript(column: Int) -> Cell {
      get {
        precondition(values.indices.contains(column))
        return values[column]
      }
      set {
        precondition(values.indices.contains(column))
        values[column] = newValue
      }
    }
  }

  /// The value of one column; the bytes are valid until the next row is read.
  package enum Cell: BitwiseCopyable {
    case null
    case integer(Int64)
    /// The bytes of a text. They are followed by a NUL, which does not belong to the text.
    case text(UnsafeRawBufferPointer)
    case blob(UnsafeRawBufferPointer)
  }

  /// Returns whether a column is NULL.
  package func isNull(_ column: Int) -> Bool {
    guard let statement else { return if case .null = cell(column) { true } else { false } }
    return sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
  }

  /// Returns the number in a column.
  package func integer(_ column: Int) throws(StorageError) -> Int64 {
    guard let statement else {
      guard case .integer(let number) = cell(column) else { throw unexpected(column) }
      return number
    }
    guard sqlite3_column_type(statement, Int32(column)) == SQLITE_INTEGER else { throw unexpected(column) }
    return sqlite3_column_int64(statement, Int32(column))
  }

  /// Returns the number in a column, or nil if the column is NULL.
  package func optionalInteger(_ column: Int) throws(StorageError) -> Int64? {
    isNull(column) ? nil : try integer(column)
  }

  /// Returns the text in a column, and throws if the text is not valid UTF-8.
  package func text(_ column: Int) throws(StorageError) -> String {
    guard let bytes = textBytes(column), let start = bytes.baseAddress else { throw unexpected(column) }
    // A NUL follows each text. `validatingCString` is much faster than `validating`, but reads only the bytes in front
    // of the first NUL. So a text that contains a NUL needs the slower initializer.
    let text = String(validatingCString: start.assumingMemoryBound(to: CChar.self))
    if let text, text.utf8.count == bytes.count { return text }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw unexpected(column) }
    return text
  }

  /// Returns the bytes of the text in a column, or nil if the column does not contain text.
  ///
  /// In memory, the bytes are followed by a NUL.
  private func textBytes(_ column: Int) -> UnsafeRawBufferPointer? {
    guard let statement else { return if case .text(let bytes) = cell(column) { bytes } else { nil } }
    guard sqlite3_column_type(statement, Int32(column)) == SQLITE_TEXT,
      let start = sqlite3_column_text(statement, Int32(column))
    else { return nil }
    return UnsafeRawBufferPointer(start: start, count: byteCount(column, of: statement))
  }

  /// Returns the text in a column, or nil if the column is NULL.
  package func optionalText(_ column: Int) throws(StorageError) -> String? {
    isNull(column) ? nil : try text(column)
  }

  /// Returns the bytes in a column, valid until the next row is read.
  package func blob(_ column: Int) throws(StorageError) -> UnsafeRawBufferPointer {
    guard let statement else {
      guard case .blob(let bytes) = cell(column) else { throw unexpected(column) }
      return bytes
    }
    guard sqlite3_column_type(statement, Int32(column)) == SQLITE_BLOB else { throw unexpected(column) }
    let start = sqlite3_column_blob(statement, Int32(column))
    return UnsafeRawBufferPointer(start: start, count: byteCount(column, of: statement))
  }

  /// Returns the value in a column as it is stored.
  ///
  /// Throws for a floating-point number, because Reflog never writes one.
  package func value(_ column: Int) throws(StorageError) -> SQLValue {
    if isNull(column) { return .null }
    if isText(column) { return .text(try text(column)) }
    let isBlob =
      if let statement { sqlite3_column_type(statement, Int32(column)) == SQLITE_BLOB } else {
        if case .blob = cell(column) { true } else { false }
      }
    return isBlob ? .blob(Array(try blob(column))) : .integer(try integer(column))
  }

  /// Returns whether the number in a column is not 0.
  package func bool(_ column: Int) throws(StorageError) -> Bool { try integer(column) != 0 }

  /// Returns whether a column contains text.
  ///
  /// The result is false for a number, bytes or NULL.
  package func isText(_ column: Int) -> Bool {
    guard let statement else { return if case .text = cell(column) { true } else { false } }
    return sqlite3_column_type(statement, Int32(column)) == SQLITE_TEXT
  }

  /// Whether the database stores a GUID as text, and not as 16 bytes.
  package var storesGUIDsAsText: Bool { statement == nil }

  /// Returns the error for a column with a value that Reflog does not write.
  package func unexpected(_ column: Int) -> StorageError {
    let name =
      if let statement { sqlite3_column_name(statement, Int32(column)).map { String(cString: $0) } } else {
        cells?._withUnsafeGuaranteedRef { $0.names[column] }
      }
    return .unexpectedValue(column: name ?? "a column")
  }

  /// Returns the value of a column; call this method only if a database other than SQLite sent the row.
  private func cell(_ column: Int) -> Cell {
    cells?._withUnsafeGuaranteedRef { $0[column] } ?? .null
  }

  private func byteCount(_ column: Int, of statement: OpaquePointer) -> Int {
    Int(sqlite3_column_bytes(statement, Int32(column)))
  }
}
