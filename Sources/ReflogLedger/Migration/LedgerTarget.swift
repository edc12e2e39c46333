package import ReflogStorage

/// A ledger that is copied to another database; no server may use the ledger during the copy.
package struct LedgerSource: Sendable {
  /// The path of the file or the address of the database, without a password.
  package let name: String
  /// Reads the ledger.
  let reader: any LedgerReader
  /// Reads the API tokens.
  ///
  /// The value is nil if the ledger has no token file.
  let tokens: (any LedgerReader)?

  /// Creates a source.
  package init(name: String, reader: any LedgerReader, tokens: (any LedgerReader)?) {
    self.name = name
    self.reader = reader
    self.tokens = tokens
  }
}

/// A database into which the rows of another ledger are copied.
///
/// The database has the tables of a ledger. The triggers of the database refuse rows that were not recorded in this
/// database. So the triggers are switched off while rows are copied. A server refuses the database until ``finish(_:)``
/// has returned.
package protocol LedgerTarget: Sendable {
  /// The path of the file or the address of the database, without a password.
  var name: String { get }
  /// Reads the rows that were copied.
  var reader: any LedgerReader { get }

  /// Returns the record of an interrupted copy, or nil if no copy was begun.
  func begun() async throws -> BegunCopy?
  /// Creates the record of an unfinished copy, and switches the triggers off, in one durable transaction.
  func begin(_ copy: BegunCopy) throws
  /// Inserts rows into a table in one transaction, on the calling thread.
  func write(_ rows: LedgerRows, to table: LedgerTable) throws
  /// Runs one transaction in the database that contains the API tokens.
  func writeTokens(_ body: @escaping @Sendable (any LedgerConnection) throws -> Void) async throws
  /// Runs the last transaction, which makes the copy usable.
  ///
  /// `body` inserts the last rows. Then the triggers are switched on, and the record of the unfinished copy is deleted.
  /// When the method returns, the transaction is durable.
  func finish(_ body: @Sendable (any LedgerConnection) throws -> Void) throws
  /// Closes the database.
  func close() throws
}

/// The record of an unfinished copy, which identifies the ledger that is copied.
package struct BegunCopy: Sendable, Equatable {
  /// The name of the log.
  package let origin: String
  /// The number of entries when the copy was begun.
  package let size: Int64

  /// Creates the record of a copy.
  package init(origin: String, size: Int64) {
    self.origin = origin
    self.size = size
  }

  /// Reads the record.
  package init(_ db: any LedgerConnection) throws {
    let found = try db.first("SELECT origin, size FROM \(UnfinishedCopy.table)") { row in
      BegunCopy(origin: try row.text(0), size: try row.integer(1))
    }
    guard let found else { throw LedgerError.corrupt("the table \(UnfinishedCopy.table) is empty") }
    self = found
  }

  /// Creates the table with the record.
  ///
  /// - Parameters:
  ///   - number: The type of whole numbers in the database.
  ///   - db: The connection, in a transaction.
  package func record(number: String, _ db: any LedgerConnection) throws {
    let table = UnfinishedCopy.table
    try db.execute("CREATE TABLE \(table) (origin TEXT NOT NULL, size \(number) NOT NULL)", [], kept: false)
    try db.execute("INSERT INTO \(table) (origin, size) VALUES (?, ?)", [origin, size], kept: false)
  }

  /// Deletes the table with the record.
  package static func forget(_ db: any LedgerConnection) throws {
    try db.execute("DROP TABLE \(UnfinishedCopy.table)", [], kept: false)
  }
}
