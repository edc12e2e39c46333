import Crypto

/// The hash tree over a log's entries, as RFC 6962 §2.1 defines it (RFC 9162 §2.1 keeps it).
///
/// A leaf's hash and a node's begin with different bytes, so that no node passes for an entry. Whatever reads the tree
/// asks for hashes of full subtrees alone, each the same in every tree that is large enough to hold it.
package enum MerkleTree {
  /// Gives the hash of a full subtree, from wherever hashes are kept.
  package typealias HashSource = (Node) throws -> Hash

  /// The root of the tree without entries: the SHA-256 of nothing.
  package static let emptyRoot = Hash(of: [])

  /// The hash of a leaf, `SHA-256(0x00 ‖ entry)`.
  package static func leafHash(of entry: [UInt8]) -> Hash {
    entry.withUnsafeBytes { leafHash(of: $0) }
  }

  /// The hash of a leaf whose entry is a hash itself, as Reflog's are.
  package static func leafHash(of entry: Hash) -> Hash {
    entry.withUnsafeBytes { leafHash(of: $0) }
  }

  private static func leafHash(of entry: UnsafeRawBufferPointer) -> Hash {
    var sha = SHA256()
    withUnsafeBytes(of: UInt8(0)) { sha.update(bufferPointer: $0) }
    sha.update(bufferPointer: entry)
    return Hash(sha.finalize())
  }

  /// The hash of a node, `SHA-256(0x01 ‖ left ‖ right)`.
  package static func nodeHash(_ left: Hash, _ right: Hash) -> Hash {
    var sha = SHA256()
    withUnsafeBytes(of: UInt8(1)) { sha.update(bufferPointer: $0) }
    left.withUnsafeBytes { sha.update(bufferPointer: $0) }
    right.withUnsafeBytes { sha.update(bufferPointer: $0) }
    return Hash(sha.finalize())
  }

  /// The hash of the entries in a range, `MTH(D[a:b])`; of all of them, it is the root.
  ///
  /// It takes at most two hashes from the source for each doubling of the range.
  package static func root(of range: Range<Int64>, hashAt: HashSource) throws -> Hash {
    guard !range.isEmpty else { return emptyRoot }
    if let node = Node(covering: range) { return try hashAt(node) }
    let middle = middle(of: range)
    return nodeHash(
      try root(of: range.lowerBound..<middle, hashAt: hashAt),
      try root(of: middle..<range.upperBound, hashAt: hashAt)
    )
  }

  /// Where RFC 6962 splits a range of more than one leaf: behind the largest power of two that is less than its length.
  static func middle(of range: Range<Int64>) -> Int64 {
    let last = range.upperBound - range.lowerBound - 1
    return range.lowerBound + (1 << Int64(last.bitWidth - 1 - last.leadingZeroBitCount))
  }
}
