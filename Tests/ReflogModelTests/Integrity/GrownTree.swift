import ReflogModel
import Testing

/// A tree that kept every hash it made; asked for one that it never made, it fails.
struct GrownTree {
  private(set) var frontier = MerkleFrontier()
  private(set) var leaves: [Hash] = []
  private var hashes: [MerkleTree.Node: Hash] = [:]

  init(leaves: [Hash]) {
    for leaf in leaves { append(leaf) }
  }

  /// A tree over so many entries that all differ.
  init(size: Int) {
    self.init(leaves: (0..<size).map { MerkleTree.leafHash(of: Array("entry \($0)".utf8)) })
  }

  mutating func append(_ leaf: Hash) {
    leaves.append(leaf)
    frontier.append(leaf) { hashes[$0] = $1 }
  }

  var size: Int64 { frontier.size }

  func hash(of node: MerkleTree.Node) throws -> Hash {
    try #require(hashes[node], "no hash of \(node) was ever made")
  }

  /// The hash of a range of leaves, word for word as RFC 6962 §2.1 has it.
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
  /// The hash with one of its 256 bits turned.
  func flipping(bit: Int) throws -> Hash {
    try #require(Hash(bytes: bytes.flipping(bit: bit)))
  }
}

extension [UInt8] {
  /// The bytes with one bit turned, counted from the lowest of the first byte.
  func flipping(bit: Int) -> [UInt8] {
    var bytes = self
    bytes[bit / 8] ^= 1 << (bit % 8)
    return bytes
  }

  /// The bytes with each of their bits turned, one at a time.
  var withOneBitTurned: some Sequence<[UInt8]> {
    (0..<count * 8).lazy.map { flipping(bit: $0) }
  }
}
