import ReflogModel
import Testing

/// A tree that stores all of its hashes.
///
/// The test fails if a requested hash is not in the tree.
struct GrownTree {
  private(set) var frontier = MerkleFrontier()
  private(set) var leaves: [Hash] = []
  private var hashes: [MerkleTree.Node: Hash] = [:]

  /// Creates a tree with these leaves.
  init(leaves: [Hash]) {
    for leaf in leaves { append(leaf) }
  }

  /// Creates a tree with this number of entries.
  ///
  /// All entries are different.
  init(size: Int) {
    self.init(leaves: (0..<size).map { MerkleTree.leafHash(of: Array("entry \($0)".utf8)) })
  }

  mutating func append(_ leaf: Hash) {
    leaves.append(leaf)
    frontier.append(leaf) { hashes[$0] = $1 }
  }

  var size: Int64 { frontier.size }

  /// Returns the hash of a node.
  func hash(of node: MerkleTree.Node) throws -> Hash {
    try #require(hashes[node], "the tree has no hash of \(node)")
  }

  /// Computes the hash of a range of leaves with the recursive definition in RFC 6962 §2.1.
  func definition(_ range: Range<Int>) -> Hash {
    if range.isEmpty { return Hash(of: []) }
    if range.count == 1 { return leaves[range.lowerBound] }
    var half = 1
    while half * 2 < range.count { half *= 2 }
    let middle = range.lowerBound + half
    return Hash(of: [1] + definition(range.lowerBound..<middle).bytes + definition(middle..<range.upperBound).bytes)
  }
}

extension Hash {
  /// Returns the hash with one of its 256 bits flipped.
  func flipping(bit: Int) throws -> Hash {
    try #require(Hash(bytes: bytes.flipping(bit: bit)))
  }
}

extension [UInt8] {
  /// Returns the bytes with one bit flipped.
  ///
  /// Bit 0 is the lowest bit of the first byte, and bit 8 is the lowest bit of the second byte.
  func flipping(bit: Int) -> [UInt8] {
    var bytes = self
    bytes[bit / 8] ^= 1 << (bit % 8)
    return bytes
  }

  /// All variants of the bytes with exactly one flipped bit.
  var withOneBitFlipped: some Sequence<[UInt8]> {
    (0..<count * 8).lazy.map { flipping(bit: $0) }
  }
}
