/// The right edge of a growing Merkle tree.
///
/// With the right edge alone, you can append leaves and compute the root. The tree consists of full subtrees, from left
/// to right. The frontier has the hash of each full subtree. The number of full subtrees is the number of 1 digits in
/// the binary form of the tree's size, at most 63.
package struct MerkleFrontier: Hashable, Sendable {
  /// The number of leaves.
  package private(set) var size: Int64
  /// The hashes of the full subtrees.
  ///
  /// The largest subtree is first.
  package private(set) var hashes: [Hash]

  /// Creates the tree without entries.
  package init() {
    size = 0
    hashes = []
  }

  /// Restores a frontier from its size and hashes.
  ///
  /// - Throws: ``IntegrityError/frontierMismatch(size:hashCount:)`` if a tree of this size has another number of full
  ///   subtrees.
  package init(size: Int64, hashes: [Hash]) throws(IntegrityError) {
    guard size >= 0, hashes.count == size.nonzeroBitCount else {
      throw .frontierMismatch(size: size, hashCount: hashes.count)
    }
    self.size = size
    self.hashes = hashes
  }

  /// Restores the frontier of the tree over the first `size` entries.
  ///
  /// `hashAt` returns the stored hashes of the full subtrees.
  package init(size: Int64, hashAt: MerkleTree.HashSource) throws {
    let levels = (0..<max(0, size).bitWidth).reversed().filter { size >> Int64($0) & 1 == 1 }
    let nodes = levels.map { MerkleTree.Node(level: $0, index: (size >> Int64($0)) - 1) }
    try self.init(size: size, hashes: try nodes.map(hashAt))
  }

  /// Appends a leaf with this hash.
  package mutating func append(_ leaf: Hash) {
    append(leaf) { (_, _) in }
  }

  /// Appends a leaf with this hash, and reports every full subtree that the leaf completes.
  ///
  /// The leaf is reported first. Each subtree is reported after its children. If `report` throws, the frontier is not
  /// changed.
  package mutating func append<Failure: Error>(
    _ leaf: Hash,
    completing report: (MerkleTree.Node, Hash) throws(Failure) -> Void
  ) throws(Failure) {
    var node = MerkleTree.Node(level: 0, index: size)
    var hash = leaf
    var left = hashes.count
    try report(node, hash)
    while node.index & 1 == 1 {
      left -= 1
      hash = MerkleTree.nodeHash(hashes[left], hash)
      node = node.parent
      try report(node, hash)
    }
    hashes.removeLast(hashes.count - left)
    hashes.append(hash)
    size += 1
  }

  /// The root of the tree.
  package var root: Hash {
    guard let last = hashes.last else { return MerkleTree.emptyRoot }
    return hashes.dropLast().reversed().reduce(last) { MerkleTree.nodeHash($1, $0) }
  }
}
