import Foundation
import GRDB
import ReflogModel

/// Which entries are not signed yet, and what is sealed of them, in the ledger's file.
struct LogTailRow: Equatable {
  let base: Int64
  let size: Int64
  let chain: Hash
  let seal: Hash

  init(base: Int64, size: Int64, chain: Hash, _ key: SigningKey, _ origin: Origin) {
    (self.base, self.size, self.chain) = (base, size, chain)
    seal = key.seal(Self.sealed(base, size, chain, origin))
  }

  private init(base: Int64, size: Int64, chain: Hash, seal: Hash) {
    (self.base, self.size, self.chain, self.seal) = (base, size, chain, seal)
  }

  func isSealed(by key: SigningKey, _ origin: Origin) -> Bool {
    key.seal(Self.sealed(base, size, chain, origin)) == seal
  }

  private static func sealed(_ base: Int64, _ size: Int64, _ chain: Hash, _ origin: Origin) -> [UInt8] {
    Array("\(origin.text)\n\(base)\n\(size)\n\(chain.base64)\n".utf8)
  }

  /// The chain of entries of a range, behind those of another.
  static func chain(_ range: Range<Int64>, from start: Hash = .zero, _ db: Database) throws -> Hash {
    var (chain, next) = (start, range.lowerBound)
    while next < range.upperBound {
      let end = min(range.upperBound, next + 4096)
      let hashes = try LogRows.entryHashes(next..<end, db)
      guard hashes.count == end - next else { throw LedgerError.corrupt("entries from \(next) on with gaps") }
      for hash in hashes { chain = chain.followed(by: hash) }
      next = end
    }
    return chain
  }

  static func read(_ db: Database) throws -> LogTailRow? {
    let row = try Row.fetchOne(db.cachedStatement(sql: "SELECT base, size, chain, seal FROM log_tail"))
    return try row.map { row in
      guard let chain = try row.optionalBytes(2).flatMap({ Hash(bytes: $0) }),
        let seal = try row.optionalBytes(3).flatMap({ Hash(bytes: $0) })
      else { throw LedgerError.corrupt("a seal that is none") }
      return LogTailRow(base: try row.number(0), size: try row.number(1), chain: chain, seal: seal)
    }
  }

  func write(_ db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO log_tail (id, base, size, chain, seal) VALUES (1, :base, :size, :chain, :seal)
        ON CONFLICT (id) DO UPDATE
        SET base = excluded.base, size = excluded.size, chain = excluded.chain, seal = excluded.seal
        """
    ).execute(arguments: ["base": base, "size": size, "chain": chain.data, "seal": seal.data])
  }
}
