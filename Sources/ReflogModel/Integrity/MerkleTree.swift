import Crypto

/// The Merkle tree over a log's entries (RFC 6962 §2.1, unchanged in RFC 9162 §2.1).
///
/// The hashes of leaves and nodes are computed with different first bytes, so an attacker can't present a node as an
/// entry. Functions that read the tree need only the hashes of full subtrees. These hashes can be stored, because the
/// hash of a full subtree never changes when the tree grows.
package enum MerkleTree {
  /// A function that returns the stored hash of a full subtree.
  package typealias HashSource = (Node) throws -> Hash

  /// The root of the tree without entries: the SHA-256 of no bytes.
  package static let emptyRoot = Hash(of: [])

  /// Returns the hash of a leaf, `SHA-256(0x00 ‖ entry)`.
  package static func leafHash(of entry: [UInt8]) -> Hash {
    entry.withUnsafeBytes { leafHash(of: $0) }
  }

  /// Returns the hash of a leaf whose entry is a hash.
  ///
  /// Every entry in Reflog's log is the hash of a record.
  package static func leafHash(of entry: Hash) -> Hash {
    entry.withUnsafeBytes { leafHash(of: $0) }
  }

  private static func leafHash(of entry: UnsafeRawBufferPointer) -> Hash {
    var sha = SHA256()
    withUnsafeBytes(of: UInt8(0)) { sha.update(bufferPointer: $0) }
    sha.update(bufferPointer: entry)
    return Hash(sha.finalize())
  }

  /// Returns the hash of a node, `SHA-256(0x01 ‖ left ‖ right)`.
  package static func nodeHash(_ left: Hash, _ right: Hash) -> Hash {
    var sha = SHA256()
    withUnsafeBytes(of: UInt8(1)) { sha.update(bufferPointer: $0) }
    left.withUnsafeBytes { sha.update(bufferPointer: $0) }
    right.withUnsafeBytes { sha.update(bufferPointer: $0) }
    return Hash(sha.finalize())
  }

  /// Returns the hash of the tree over the entries in a range, `MTH(D[a:b])`.
  ///
  /// For the range of all entries, the hash is the root of the tree. The function calls `hashAt` at most two times for
  /// each binary digit of the range's length.
  package static func root(of range: Range<Int64>, hashAt: HashSource) throws -> Hash {
    guard !range.isEmpty else { return emptyRoot }
    if let node = Node(covering: range) { return try hashAt(node) }
    let middle = middle(of: range)
    return nodeHash(
      try root(of: range.lowerBound..<middle, hashAt: hashAt),
      try root(of: middle..<range.upperBound, hashAt: hashAt)
    )
  }

  /// Returns the index at which RFC 6962 splits a range of two or more leaves.
  ///
  /// The number of leaves in the left part is the largest power of two that is smaller than the range's length.
  static func middle(of range: Range<Int64>) -> Int64 {
    let last = range.upperBound - range.lowerBound - 1
    return range.lowerBound + (1 << Int64(last.bitWidth - 1 - last.leadingZeroBitCount))
  }
}
