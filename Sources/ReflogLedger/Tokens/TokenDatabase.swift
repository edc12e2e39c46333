package import ReflogStorage

/// A database that holds API tokens in the table `token`.
///
/// Several processes can use the database at the same time, for example the server and the command line.
package protocol TokenDatabase: Sendable {
  /// The version of the table's contents, or nil if the version is unknown.
  ///
  /// Every transaction that writes to the table changes the version, including the transactions of other processes. The
  /// version is read for every request that sends a token, so this property must not wait.
  var version: UInt64? { get }

  /// Reads in one transaction.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
  ) async throws -> Value

  /// Writes in one transaction.
  ///
  /// The transaction is durable when this method returns.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
  ) async throws -> Value

  /// Updates existing rows in one transaction.
  ///
  /// If the database has several writers, this method does not wait for other writes to the table, and does not make
  /// other writes wait.
  ///
  /// - Parameters:
  ///   - willCommit: Called before the commit with the versions of the database before and after the update. It is not
  ///     called if the versions are unknown, or if the update does not change the version.
  ///   - body: The update. It returns whether it changed a row.
  func update(
    willCommit: @escaping @Sendable (_ version: UInt64, _ next: UInt64) -> Void,
    _ body: @escaping @Sendable (any LedgerConnection) throws -> Bool
  ) async throws
}

/// The token database of a ledger in a SQLite file: a separate SQLite file next to the ledger.
struct TokenFile: TokenDatabase {
  private let storage: SharedStorage

  /// Opens the token file next to the ledger at a path.
  ///
  /// - Parameters:
  ///   - path: The path of the ledger.
  ///   - creating: Whether to create the file if it is missing. If false, a missing file is an error.
  /// - Throws: An error if a user other than the owner has a permission on the file.
  init(besideLedgerAt path: String, creating: Bool) throws {
    let file = LedgerFiles(database: path).tokens
    try DurableFile.requirePrivate(file)
    storage = try SharedStorage(path: file, kind: .tokens, creating: creating)
  }

  var version: UInt64? { storage.version.map { UInt64($0) } }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
  ) async throws -> Value {
    try await storage.read { try body($0) }
  }

  func write<Value: Sendable>(
    _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
  ) async throws -> Value {
    try await storage.write { try body($0) }
  }

  func update(
    willCommit: @escaping @Sendable (_ version: UInt64, _ next: UInt64) -> Void,
    _ body: @escaping @Sendable (any LedgerConnection) throws -> Bool
  ) async throws {
    let storage = storage
    try await storage.write { db in
      // The transaction holds the file's lock, so no other process changes the version before the commit. The commit
      // adds 1 to the version.
      guard try body(db), let version = storage.version else { return }
      willCommit(UInt64(version), UInt64(version &+ 1))
    }
  }
}
