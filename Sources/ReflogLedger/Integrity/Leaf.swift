import Foundation
import GRDB
import ReflogModel

/// What an entry adds to the Merkle tree: the hash of its record, and the salt in that.
struct Leaf {
  let hash: Hash
  let salt: Salt

  init(_ record: (Salt) throws -> EntryRecord) throws {
    salt = Salt.random()
    hash = try record(salt).hash
  }
}

extension Salt {
  /// A new one, from the system's randomness.
  static func random() -> Salt {
    var generator = SystemRandomNumberGenerator()
    return Salt(using: &generator)
  }

  var data: Data { withUnsafeBytes { Data($0) } }
}

extension Hash {
  var data: Data { withUnsafeBytes { Data($0) } }
}
