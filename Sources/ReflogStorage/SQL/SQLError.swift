import GRDBSQLite

/// An error of the database.
///
/// The error contains the message of the database. It does not contain the values that were bound to the statement,
/// because these may be personal data.
package struct SQLError: Error, Sendable, CustomStringConvertible {
  /// The kinds of errors that Reflog distinguishes.
  ///
  /// Most names are SQLite's primary result codes (sqlite.org/rescode.html).
  package enum Code: Sendable {
    case busy, full, inputOutput, outOfMemory, interrupted, corrupt, constraint, misuse, other
    /// The database rolled the transaction back, but a second attempt can succeed.
    case transient
  }

  package let code: Code
  package let message: String

  /// Creates an error of a kind.
  package init(code: Code, message: String) {
    self.code = code
    self.message = message
  }

  /// Creates an error from a result code, with the newest error message of the connection.
  init(_ result: Int32, of connection: OpaquePointer?) {
    let message = connection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
    self.init(result, message: message ?? "SQLite error \(result)")
  }

  /// Creates an error from a primary or extended result code of SQLite.
  init(_ result: Int32, message: String) {
    self.message = message
    code =
      switch result & 0xFF {
      case SQLITE_BUSY, SQLITE_LOCKED: .busy
      case SQLITE_FULL: .full
      case SQLITE_IOERR: .inputOutput
      case SQLITE_NOMEM: .outOfMemory
      case SQLITE_INTERRUPT: .interrupted
      case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
      case SQLITE_CONSTRAINT: .constraint
      case SQLITE_MISUSE, SQLITE_RANGE: .misuse
      default: .other
      }
  }

  /// Whether the database may have rolled back the whole transaction because of this error.
  ///
  /// See sqlite.org/lang_transaction.html.
  var endsTransaction: Bool {
    switch code {
    case .full, .inputOutput, .outOfMemory, .busy, .interrupted, .corrupt, .transient: true
    case .constraint, .misuse, .other: false
    }
  }

  package var description: String { message }
}
