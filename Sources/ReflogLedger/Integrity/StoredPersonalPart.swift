import ReflogModel
import ReflogStorage

/// The salt or the hash of an entry's personal part; the texts of the personal part are stored in other columns.
enum StoredPersonalPart: Sendable {
  case none
  case salted(Salt)
  /// The texts and the salt were erased; only the hash is stored.
  ///
  /// The hash was computed from the texts and the salt, and the record of the entry contains the same hash. `event` is
  /// the id of the service event that contains the claim of the erasure. Reflog always stores this id, so nil means
  /// that the row was altered.
  case erased(Hash, event: Int64?)

  /// Reads the columns, and throws if their values do not belong together.
  ///
  /// A text needs a salt, and the id of an event needs a hash. If there is a hash, there must be no salt and no text.
  init(_ row: Row, salt: Int, erasedHash: Int, erasedEvent: Int, texts: [Int]) throws {
    if let hash = try row.optionalHash(erasedHash) {
      try row.requireNull([salt] + texts)
      self = .erased(hash, event: try row.optionalInteger(erasedEvent))
      return
    }
    try row.requireNull([erasedEvent])
    if let salt = try row.optionalSalt(salt) {
      self = .salted(salt)
    } else {
      try row.requireNull(texts)
      self = .none
    }
  }

  /// Whether the texts were erased.
  var isErased: Bool { if case .erased = self { true } else { false } }

  /// Returns the hash of the personal part, or nil if the entry has no personal part.
  func hash(_ part: (Salt) throws -> PersonalPart) throws -> Hash? {
    switch self {
    case .none: nil
    case .salted(let salt): try part(salt).hash
    case .erased(let hash, _): hash
    }
  }
}

/// The stored form of a person's statement about the result of a pending change.
struct StoredStatement {
  let actor: Change.Actor
  /// The text of the statement, or nil if the text was erased.
  let reason: String?
  let part: StoredPersonalPart
  /// The erasure that deleted the statement, or nil if no recorded erasure deleted it.
  let erased: Erased?

  /// The message of the change's outcome: the person's name and the text of the statement. Nil if the text was erased.
  var message: String? { reason.map { "\(actor.name ?? actor.id ?? "Unknown person"): \($0)" } }

  /// Returns the hash of the statement.
  func hash() throws -> Hash? {
    try part.hash { salt in
      guard let reason else { throw LedgerError.corrupt("the text of a statement is missing") }
      return try PersonalPart(salt: salt, actor: actor, reason: reason)
    }
  }
}
