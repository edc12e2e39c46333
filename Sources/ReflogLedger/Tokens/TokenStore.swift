import Crypto
import FoundationEssentials
import GRDB
package import ReflogModel
import ReflogStorage

/// API tokens in a file of their own beside the ledger, which the server and the command line both open.
///
/// Only the hash of a secret is kept. A token identifies a program, not a person.
package struct TokenStore: Sendable {
  private let storage: SharedStorage
  private let clock: WallClock

  /// Opens the tokens of the ledger at this path.
  ///
  /// - Parameter creating: makes their file where there is none; without it that is an error.
  package init(besideLedgerAt path: String, creating: Bool = true, clock: @escaping WallClock) throws {
    storage = try SharedStorage(path: path + ".tokens", kind: .tokens, creating: creating)
    self.clock = clock
  }

  /// Makes a token. The text is told this once and can't be had again.
  package func create(name: String, role: Role, lifetime: Duration) async throws -> (token: APIToken, text: String) {
    guard !name.isEmpty, name.utf8.count <= Self.maximumNameLength, !name.unicodeScalars.contains(where: isControl)
    else { throw TokenError.badName }
    var generator = SystemRandomNumberGenerator()
    let text = TokenText(using: &generator)
    let created = clock()
    let token = APIToken(
      id: text.id,
      name: name,
      role: role,
      created: created,
      expires: Timestamp(microseconds: created.microseconds + lifetime.components.seconds * 1_000_000),
      revoked: nil
    )
    let hash = Array(text.secretHash)
    try await storage.write { db in
      guard try Row.fetchOne(db, sql: "SELECT 1 FROM token WHERE name = :name", arguments: ["name": name]) == nil
      else { throw TokenError.nameTaken(name) }
      try db.execute(
        sql: """
          INSERT INTO token (id, secret_hash, name, role, created, expires)
          VALUES (:id, :hash, :name, :role, :created, :expires)
          """,
        arguments: [
          "id": token.id, "hash": Data(hash), "name": name, "role": role.rawValue,
          "created": created.microseconds, "expires": token.expires.microseconds,
        ]
      )
    }
    return (token, text.text)
  }

  private static let maximumNameLength = 128

  /// All tokens ever made, oldest first.
  package func tokens() async throws -> [APIToken] {
    try await storage.read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT id, name, role, created, expires, revoked FROM token ORDER BY created, id"
      ).map(APIToken.init(row:))
    }
  }

  /// Ends a token: it opens nothing any more from when this returns. One that is revoked already stays so.
  package func revoke(name: String) async throws {
    let now = clock().microseconds
    try await storage.write { db in
      try db.execute(
        sql: "UPDATE token SET revoked = coalesce(revoked, :now) WHERE name = :name",
        arguments: ["now": now, "name": name]
      )
      guard db.changesCount > 0 else { throw TokenError.unknownName(name) }
    }
  }

  /// Tokens that were made or revoked by this moment and of which no event says so yet, oldest first; with whether one says
  /// that they were made.
  package func unrecordedTokens(until moment: Timestamp) async throws -> [(token: APIToken, isMakingRecorded: Bool)] {
    try await storage.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT id, name, role, created, expires, revoked, recorded FROM token
          WHERE recorded < iif(revoked IS NULL, 1, 2) AND coalesce(revoked, created) <= :moment ORDER BY created, id
          """,
        arguments: ["moment": moment.microseconds]
      ).map { row in (try APIToken(row: row), row["recorded"] > 0) }
    }
  }

  /// Remembers that events say of this token what it is now.
  package func markRecorded(_ token: APIToken) async throws {
    let stage = token.revoked == nil ? 1 : 2
    try await storage.write { db in
      try db.execute(
        sql: "UPDATE token SET recorded = max(recorded, :stage) WHERE id = :id",
        arguments: ["stage": stage, "id": token.id]
      )
    }
  }

  /// The token that this text is, if it opens anything now. Secrets are compared in constant time.
  package func authenticate(_ text: String) async throws(LedgerError) -> APIToken? {
    guard let presented = TokenText(text) else { return nil }
    let found: (token: APIToken, hash: Data)?
    do {
      found = try await storage.read { db in
        try Row.fetchOne(
          db,
          sql: "SELECT id, name, role, created, expires, revoked, secret_hash FROM token WHERE id = :id",
          arguments: ["id": presented.id]
        ).map { row in (try APIToken(row: row), row["secret_hash"]) }
      }
    } catch {
      throw LedgerError(error)
    }
    guard let found, presented.secretHash == found.hash, found.token.isValid(at: clock()) else { return nil }
    return found.token
  }
}

/// Why a token can't be made or revoked.
package enum TokenError: Error, Sendable, CustomStringConvertible {
  case badName
  case nameTaken(String)
  case unknownName(String)

  package var description: String {
    switch self {
    case .badName: "A token's name has 1 to 128 bytes and no control characters."
    case .nameTaken(let name): "There is a token named \(name) already. Names are never used twice; choose another."
    case .unknownName(let name): "There is no token named \(name). `reflog token list` shows them."
    }
  }
}

extension APIToken {
  fileprivate init(row: Row) throws {
    guard let role = Role(rawValue: row["role"]) else { throw LedgerError.corrupt("a token with an unknown role") }
    self.init(
      id: row["id"],
      name: row["name"],
      role: role,
      created: Timestamp(microseconds: row["created"]),
      expires: Timestamp(microseconds: row["expires"]),
      revoked: (row["revoked"] as Int64?).map(Timestamp.init(microseconds:))
    )
  }
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  scalar.properties.generalCategory == .control
}
