import Crypto
import FoundationEssentials
package import ReflogModel
import ReflogStorage

/// The API tokens, in a database that the server and the command line both use.
///
/// The database holds only the hash of a secret. A token identifies a program, not a person.
package struct TokenStore: Sendable {
  private let database: any TokenDatabase
  private let memory = TokenMemory()
  private let uses = TokenUses()
  private let clock: WallClock

  /// Uses an open database.
  package init(_ database: any TokenDatabase, clock: @escaping WallClock) {
    self.database = database
    self.clock = clock
  }

  /// Opens the token file next to the ledger at a path.
  ///
  /// - Parameters:
  ///   - path: The path of the ledger.
  ///   - creating: Whether to create the file if it is missing. If false, a missing file is an error.
  ///   - clock: The clock that sets the times of tokens.
  /// - Throws: An error if a user other than the owner has a permission on the file.
  package init(besideLedgerAt path: String, creating: Bool = true, clock: @escaping WallClock) throws {
    self.init(try TokenFile(besideLedgerAt: path, creating: creating), clock: clock)
  }

  /// Returns whether the token file next to a ledger contains no token.
  ///
  /// The file must exist. This method does not change the file.
  package static func isEmpty(besideLedgerAt path: String) async throws -> Bool {
    let file = LedgerFiles(database: path).tokens
    let reader = try StorageReader(readingFileAt: file, kind: .tokens, for: .checkingStart)
    guard reader.hasNewestSchema else { return false }
    try reader.checkStructure(ofFileAt: file)
    return try await reader.read { db in try !db.bool("SELECT EXISTS (SELECT 1 FROM token)") }
  }

  /// Creates a token, and returns its text.
  ///
  /// The text is not stored and can't be recovered.
  package func create(name: String, role: Role, lifetime: Duration) async throws -> (token: APIToken, text: String) {
    guard let name = TokenName(name) else { throw TokenError.badName }
    var generator = SystemRandomNumberGenerator()
    let text = TokenText(using: &generator)
    let created = clock()
    let token = APIToken(
      id: text.id,
      name: name.text,
      role: role,
      created: created,
      expires: Timestamp(microseconds: created.microseconds + lifetime.components.seconds * 1_000_000),
      revoked: nil,
      isCreationRecorded: false
    )
    let hash = Array(text.secretHash)
    try await database.write { db in
      let names = try db.rows("SELECT name FROM token ORDER BY created, id") { try $0.text(0) }
      if names.contains(name.text) { throw TokenError.nameTaken(name.text) }
      if let other = names.first(where: name.canBeConfused) { throw TokenError.nameConfusable(with: other) }
      try db.execute(
        """
        INSERT INTO token (id, secret_hash, name, role, created, expires)
        VALUES (:id, :hash, :name, :role, :created, :expires)
        """,
        [
          "id": token.id, "hash": hash, "name": name.text, "role": role.rawValue,
          "created": created.microseconds, "expires": token.expires.microseconds,
        ]
      )
    }
    return (token, text.text)
  }

  /// Returns all tokens, including expired and revoked tokens, oldest first.
  ///
  /// The last use of a token includes the uses in this process. A use in another process can be missing for about a
  /// minute (see ``writeUses(all:)``).
  package func tokens() async throws -> [APIToken] {
    let found = try await database.read { db in
      try db.rows("SELECT \(APIToken.columns) FROM token ORDER BY created, id") { try APIToken($0) }
    }
    return found.map { $0.used(at: uses.last($0.id)) }
  }

  /// Returns all valid tokens, and separately those that expire soon. Both lists begin with the oldest token.
  package func validTokens() async throws -> (all: [APIToken], expiring: [APIToken]) {
    let now = clock()
    let valid = try await tokens().filter { $0.isValid(at: now) }
    return (valid, valid.filter { $0.expiresSoon(at: now) })
  }

  /// Writes the last uses of tokens to the token database.
  ///
  /// If this method is called every few seconds, the database has the first use of a token after a few seconds, and a
  /// later use after about a minute. After a crash, a use of the last minute can be missing.
  ///
  /// - Parameter all: Whether to write all uses now, because the server stops. If the value is false, no use is written
  ///   until at least one use is due.
  package func writeUses(all: Bool) async throws {
    let unwritten = uses.unwritten(all: all)
    guard !unwritten.isEmpty else { return }
    let memory = memory
    do {
      try await database.update(willCommit: { memory.beginUpdate(from: $0, to: $1) }) { db in
        var isChanged = false
        for (id, moment) in unwritten.sorted(by: { $0.key < $1.key }) {
          try db.execute(
            "UPDATE token SET last_used = :moment WHERE id = :id AND coalesce(last_used, 0) < :moment",
            ["moment": moment.microseconds, "id": id]
          )
          if db.changedRowCount > 0 { isChanged = true }
        }
        return isChanged
      }
    } catch {
      memory.endUpdate(isWritten: false)
      throw error
    }
    memory.endUpdate(isWritten: true)
    uses.markWritten(unwritten)
  }

  /// Revokes a token.
  ///
  /// When this returns, the token is not valid any more. If the token was already revoked, the time of its revocation
  /// is not changed.
  package func revoke(name: String) async throws {
    let now = clock().microseconds
    try await database.write { db in
      try db.execute(
        "UPDATE token SET revoked = coalesce(revoked, :now) WHERE name = :name",
        ["now": now, "name": name]
      )
      guard db.changedRowCount > 0 else { throw TokenError.unknownName(name) }
    }
  }

  /// Returns the tokens whose creation or revocation is not recorded in a service event yet, oldest first.
  ///
  /// Creations and revocations later than `moment` are left out.
  package func unrecordedTokens(until moment: Timestamp) async throws -> [APIToken] {
    try await database.read { db in
      try db.rows(
        """
        SELECT \(APIToken.columns) FROM token
        WHERE recorded < CASE WHEN revoked IS NULL THEN 1 ELSE 2 END AND coalesce(revoked, created) <= :moment
        ORDER BY created, id
        """,
        ["moment": moment.microseconds]
      ) { try APIToken($0) }
    }
  }

  /// Records in the token database that service events contain the creation of the token.
  ///
  /// If the token is revoked, this method records that a service event contains the revocation too.
  package func markRecorded(_ token: APIToken) async throws {
    let stage = token.revoked == nil ? 1 : 2
    try await database.write { db in
      try db.execute(
        "UPDATE token SET recorded = :stage WHERE id = :id AND recorded < :stage",
        ["stage": stage, "id": token.id]
      )
    }
  }

  /// Returns the valid token with this text and whether it expires soon, or nil if there is none.
  ///
  /// Secrets are compared in constant time. Recently used tokens are kept in memory, because each request needs a
  /// token. When any process changes the database, the tokens in memory are read again.
  package func accept(_ text: String) async throws(LedgerError) -> (token: APIToken, expiresSoon: Bool)? {
    guard let presented = TokenText(text) else { return nil }
    let (version, now) = (database.version, clock())
    guard let found = try await token(presented.id, in: version), presented.secretHash == found.secretHash,
      found.token.isValid(at: now)
    else { return nil }
    found.use.record(at: now)
    return (found.token, found.token.expiresSoon(at: now))
  }

  /// Returns the token with this id from memory or from the database, or nil if there is none.
  private func token(_ id: String, in version: UInt64?) async throws(LedgerError) -> TokenMemory.Entry? {
    if let known = memory.token(id, in: version) { return known }
    let uses = uses
    let found: TokenMemory.Entry?
    do {
      found = try await database.read { db in
        try db.first(
          "SELECT \(APIToken.columns), secret_hash FROM token WHERE id = ?",
          [id]
        ) { row in
          TokenMemory.Entry(token: try APIToken(row), secretHash: Array(try row.blob(8)), use: uses.use(id))
        }
      }
    } catch {
      throw LedgerError(error)
    }
    if let found { memory.remember(found, in: version) }
    return found
  }
}

/// The reason why a token can't be created or revoked.
package enum TokenError: Error, Equatable, Sendable, CustomStringConvertible {
  case badName
  case nameTaken(String)
  /// People can confuse the name with the name of another token.
  case nameConfusable(with: String)
  case unknownName(String)

  package var description: String {
    switch self {
    case .badName:
      "This name is not valid. A token's name has 1 to 128 bytes of visible characters and single spaces."
    case .nameTaken(let name): "A token named \(name) exists already. A name is never used again. Choose another name."
    case .nameConfusable(let other):
      "The name can be confused with the name of the token \(other). Choose another name."
    case .unknownName(let name): "There is no token named \(name). List the tokens with `reflog token list`."
    }
  }
}

extension APIToken {
  /// The columns that ``init(_:)`` reads, in SQL.
  fileprivate static let columns = "id, name, role, created, expires, revoked, last_used, recorded"

  /// Reads a token from a row with ``columns``.
  fileprivate init(_ row: Row) throws {
    self.init(
      id: try row.text(0),
      name: try row.text(1),
      role: try row.word(2, Role.init),
      created: try row.time(3),
      expires: Timestamp(microseconds: try row.integer(4)),
      revoked: try row.optionalTime(5),
      lastUsed: try row.optionalTime(6),
      isCreationRecorded: try row.integer(7) > 0
    )
  }
}
