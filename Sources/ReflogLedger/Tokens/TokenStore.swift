import Crypto
import FoundationEssentials
package import ReflogModel
import ReflogStorage
import Synchronization

/// API tokens, in a file of their own beside the ledger, which the server and the command line both open.
///
/// Only the hash of a secret is stored. A token identifies a program, not a person.
package struct TokenStore: Sendable {
  private let storage: SharedStorage
  private let memory = TokenMemory()
  private let clock: WallClock

  /// Opens the tokens of the ledger at this path.
  ///
  /// - Parameter creating: whether the file is made if it is missing; if not, a missing file is an error.
  package init(besideLedgerAt path: String, creating: Bool = true, clock: @escaping WallClock) throws {
    storage = try SharedStorage(path: path + ".tokens", kind: .tokens, creating: creating)
    self.clock = clock
  }

  /// Makes a token. Its text is returned this once and can't be recovered.
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
      guard try !db.bool("SELECT EXISTS (SELECT 1 FROM token WHERE name = ?)", [name]) else {
        throw TokenError.nameTaken(name)
      }
      try db.execute(
        """
        INSERT INTO token (id, secret_hash, name, role, created, expires)
        VALUES (:id, :hash, :name, :role, :created, :expires)
        """,
        [
          "id": token.id, "hash": hash, "name": name, "role": role.rawValue,
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
      try db.rows("SELECT id, name, role, created, expires, revoked FROM token ORDER BY created, id") {
        try APIToken($0)
      }
    }
  }

  /// Revokes a token. When this returns, it is invalid. A token that was revoked before keeps that time.
  package func revoke(name: String) async throws {
    let now = clock().microseconds
    try await storage.write { db in
      try db.execute(
        "UPDATE token SET revoked = coalesce(revoked, :now) WHERE name = :name",
        ["now": now, "name": name]
      )
      guard db.changedRowCount > 0 else { throw TokenError.unknownName(name) }
    }
  }

  /// The tokens that were made or revoked by this moment and of which no event says so yet, oldest first; and whether an event says
  /// that they were made.
  package func unrecordedTokens(until moment: Timestamp) async throws -> [(token: APIToken, isMakingRecorded: Bool)] {
    try await storage.read { db in
      try db.rows(
        """
        SELECT id, name, role, created, expires, revoked, recorded FROM token
        WHERE recorded < iif(revoked IS NULL, 1, 2) AND coalesce(revoked, created) <= :moment ORDER BY created, id
        """,
        ["moment": moment.microseconds]
      ) { row in (try APIToken(row), try row.integer(6) > 0) }
    }
  }

  /// Remembers that events record this token as it is now.
  package func markRecorded(_ token: APIToken) async throws {
    let stage = token.revoked == nil ? 1 : 2
    try await storage.write { db in
      try db.execute(
        "UPDATE token SET recorded = max(recorded, :stage) WHERE id = :id",
        ["stage": stage, "id": token.id]
      )
    }
  }

  /// The token with this text, or nil if there is none that is valid now. Secrets are compared in constant time.
  ///
  /// Tokens that were in use lately are in memory for as long as no process has changed the file.
  package func authenticate(_ text: String) async throws(LedgerError) -> APIToken? {
    guard let presented = TokenText(text) else { return nil }
    let version = storage.version
    guard let found = try await token(presented.id, in: version), presented.secretHash == found.secretHash,
      found.token.isValid(at: clock())
    else { return nil }
    return found.token
  }

  private func token(_ id: String, in version: UInt32?) async throws(LedgerError) -> TokenMemory.Entry? {
    if let known = memory.token(id, in: version) { return known }
    let found: TokenMemory.Entry?
    do {
      found = try await storage.read { db in
        try db.first(
          "SELECT id, name, role, created, expires, revoked, secret_hash FROM token WHERE id = ?",
          [id]
        ) { row in TokenMemory.Entry(token: try APIToken(row), secretHash: Array(try row.blob(6))) }
      }
    } catch {
      throw LedgerError(error)
    }
    if let found { memory.remember(found, in: version) }
    return found
  }
}

/// Tokens that were read from one version of their file.
private final class TokenMemory: Sendable {
  struct Entry: Sendable {
    let token: APIToken
    let secretHash: [UInt8]
  }

  /// More than this is forgotten and read again: some hundred bytes each.
  private static let capacity = 4096

  private let state = Mutex<(version: UInt32?, tokens: [String: Entry])>((nil, [:]))

  /// The token with this id, or nil if it is not known of this version, or the version is nil.
  func token(_ id: String, in version: UInt32?) -> Entry? {
    state.withLock { state in state.version == version && version != nil ? state.tokens[id] : nil }
  }

  /// - Parameter version: as it was before the token was read.
  func remember(_ entry: Entry, in version: UInt32?) {
    state.withLock { state in
      if state.version != version || state.tokens.count >= Self.capacity { state = (version, [:]) }
      state.tokens[entry.token.id] = entry
    }
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
  /// Reads the columns `id, name, role, created, expires, revoked`.
  fileprivate init(_ row: Row) throws {
    self.init(
      id: try row.text(0),
      name: try row.text(1),
      role: try row.word(2, Role.init),
      created: try row.time(3),
      expires: Timestamp(microseconds: try row.integer(4)),
      revoked: try row.optionalTime(5)
    )
  }
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  scalar.properties.generalCategory == .control
}
