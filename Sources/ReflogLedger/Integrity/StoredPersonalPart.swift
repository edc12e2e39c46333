import ReflogModel
import ReflogStorage

/// What is stored of the personal part of an entry beside its words.
enum StoredPersonalPart: Sendable {
  case none
  case salted(Salt)
  /// The words were erased; their hash is what the entry's record holds.
  case erased(Hash)

  /// Throws unless the columns of the words are NULL where there is no salt.
  init(_ row: Row, salt: Int, erasedHash: Int, words: [Int]) throws {
    if let hash = try row.optionalHash(erasedHash) {
      try row.requireNull([salt] + words)
      self = .erased(hash)
    } else if let salt = try row.optionalSalt(salt) {
      self = .salted(salt)
    } else {
      try row.requireNull(words)
      self = .none
    }
  }

  var isErased: Bool { if case .erased = self { true } else { false } }

  /// The hash of the personal part, or nil if there is none.
  func hash(_ part: (Salt) throws -> PersonalPart) throws -> Hash? {
    switch self {
    case .none: nil
    case .salted(let salt): try part(salt).hash
    case .erased(let hash): hash
    }
  }
}

/// What a person stated became of a change.
struct StoredStatement {
  let actor: Change.Actor
  /// Nil once it was erased.
  let reason: String?
  let part: StoredPersonalPart

  /// The statement as the outcome of the change shows it, or nil once it was erased.
  var message: String? { reason.map { "\(actor.name ?? actor.id ?? "somebody"): \($0)" } }

  func hash() throws -> Hash? {
    try part.hash { salt in
      guard let reason else { throw LedgerError.corrupt("a statement without its text") }
      return try PersonalPart(salt: salt, statement: actor, reason: reason)
    }
  }
}
