import GRDBSQLite

/// A row of a result, valid until the next row is read.
///
/// The methods never convert a value. If a value has another type than the caller requests, the file may be damaged, so
/// the methods throw.
package struct Row {
  let pointer: OpaquePointer

  /// Returns whether a column is NULL.
  package func isNull(_ column: Int) -> Bool { type(column) == SQLITE_NULL }

  /// Returns the number in a column.
  package func integer(_ column: Int) throws(StorageError) -> Int64 {
    guard type(column) == SQLITE_INTEGER else { throw unexpected(column) }
    return sqlite3_column_int64(pointer, Int32(column))
  }

  /// Returns the number in a column, or nil if the column is NULL.
  package func optionalInteger(_ column: Int) throws(StorageError) -> Int64? {
    isNull(column) ? nil : try integer(column)
  }

  /// Returns the text in a column, and throws if the text is not valid UTF-8.
  package func text(_ column: Int) throws(StorageError) -> String {
    guard type(column) == SQLITE_TEXT else { throw unexpected(column) }
    guard let start = sqlite3_column_text(pointer, Int32(column)) else { throw unexpected(column) }
    let count = byteCount(column)
    // SQLite ends each text with a NUL. `validatingCString` is much faster than `validating`, but it reads only the
    // bytes in front of the first NUL, so a text that contains a NUL needs the slower initializer.
    let text = String(validatingCString: UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self))
    if let text, text.utf8.count == count { return text }
    let bytes = UnsafeBufferPointer(start: start, count: count)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw unexpected(column) }
    return text
  }

  /// Returns the text in a column, or nil if the column is NULL.
  package func optionalText(_ column: Int) throws(StorageError) -> String? {
    isNull(column) ? nil : try text(column)
  }

  /// Returns the bytes in a column, valid until the next row is read.
  package func blob(_ column: Int) throws(StorageError) -> UnsafeRawBufferPointer {
    guard type(column) == SQLITE_BLOB else { throw unexpected(column) }
    let start = sqlite3_column_blob(pointer, Int32(column))
    return UnsafeRawBufferPointer(start: start, count: byteCount(column))
  }

  /// Returns the bytes in a column, valid until the next row is read, or nil if the column is NULL.
  package func optionalBlob(_ column: Int) throws(StorageError) -> UnsafeRawBufferPointer? {
    isNull(column) ? nil : try blob(column)
  }

  /// Returns whether the number in a column is not 0.
  package func bool(_ column: Int) throws(StorageError) -> Bool { try integer(column) != 0 }

  /// Returns whether a column contains text.
  ///
  /// The result is false for a number, bytes or NULL.
  package func isText(_ column: Int) -> Bool { type(column) == SQLITE_TEXT }

  /// Returns the error for a column that contains a value of a type that Reflog does not write.
  package func unexpected(_ column: Int) -> StorageError {
    .unexpectedValue(column: sqlite3_column_name(pointer, Int32(column)).map { String(cString: $0) } ?? "a column")
  }

  private func type(_ column: Int) -> Int32 { sqlite3_column_type(pointer, Int32(column)) }

  private func byteCount(_ column: Int) -> Int { Int(sqlite3_column_bytes(pointer, Int32(column))) }
}
