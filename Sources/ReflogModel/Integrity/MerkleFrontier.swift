/// The right edge of a growing tree: all that it takes to append leaves and to know the root.
///
/// These are the hashes of the full subtrees that the tree falls into from left to right, one for each 1 in the binary
/// digits of its size: never more than 63.
package struct MerkleFrontier: Hashable, Sendable {
  package private(set) var size: Int64
  /// The largest subtree first.
  package private(set) var hashes: [Hash]

  /// The tree without entries.
  package init() {
    size = 0
    hashes = []
  }

  /// Takes up a tree where it was left; fails unless there are as many hashes as such a tree has.
  package init(size: Int64, hashes: [Hash]) throws(IntegrityError) {
    guard size >= 0, hashes.count == size.nonzeroBitCount else {
      throw .frontierMismatch(size: size, hashCount: hashes.count)
    }
    self.size = size
    self.hashes = hashes
  }

  /// Takes up the tree of the first `size` entries from where hashes are kept.
  package init(size: Int64, hashAt: MerkleTree.HashSource) throws {
    let levels = (0..<max(0, size).bitWidth).reversed().filter { size >> Int64($0) & 1 == 1 }
    let nodes = levels.map { MerkleTree.Node(level: $0, index: (size >> Int64($0)) - 1) }
    try self.init(size: size, hashes: try nodes.map(hashAt))
  }

  /// Appends a leaf by its hash.
  package mutating func append(_ leaf: Hash) {
    append(leaf) { (_, _) in }
  }

  /// Appends a leaf by its hash, and reports every full subtree that this completes, the leaf first and each behind its
  /// children. If a report throws, the frontier is as it was.
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
