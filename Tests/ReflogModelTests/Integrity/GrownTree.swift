import ReflogModel
import Testing

/// A tree that keeps all of its hashes, and fails the test if another one is requested.
struct GrownTree {
  private(set) var frontier = MerkleFrontier()
  private(set) var leaves: [Hash] = []
  private var hashes: [MerkleTree.Node: Hash] = [:]

  /// Creates the tree with these leaves.
  init(leaves: [Hash]) {
    for leaf in leaves { append(leaf) }
  }

  /// Creates a tree of this number of different entries.
  init(size: Int) {
    self.init(leaves: (0..<size).map { MerkleTree.leafHash(of: Array("entry \($0)".utf8)) })
  }

  /// Appends a leaf.
  mutating func append(_ leaf: Hash) {
    leaves.append(leaf)
    frontier.append(leaf) { hashes[$0] = $1 }
  }

  var size: Int64 { frontier.size }

  /// Returns the hash of a node.
  func hash(of node: MerkleTree.Node) throws -> Hash {
    try #require(hashes[node], "the tree has no hash of \(node)")
  }

  /// Returns the hash of a range of leaves, exactly as RFC 6962 §2.1 defines it.
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
  /// Returns the bytes with one bit flipped. Bits are counted from the lowest one of the first byte.
  func flipping(bit: Int) -> [UInt8] {
    var bytes = self
    bytes[bit / 8] ^= 1 << (bit % 8)
    return bytes
  }

  /// All variants of the bytes in which one bit is flipped.
  var withOneBitFlipped: some Sequence<[UInt8]> {
    (0..<count * 8).lazy.map { flipping(bit: $0) }
  }
}
