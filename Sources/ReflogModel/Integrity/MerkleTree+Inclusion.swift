extension MerkleTree {
  /// Returns the proof that the tree of the first `size` entries has a leaf at `index` (RFC 9162 §2.1.3.1).
  ///
  /// The proof consists of the hashes of the siblings on the path from the leaf to the root. The leaf's sibling is
  /// first.
  package static func inclusionProof(
    of index: Int64,
    inTreeOf size: Int64,
    hashAt: HashSource
  ) throws -> [Hash] {
    guard index >= 0, index < size else { throw IntegrityError.leafOutsideTree(index: index, size: size) }
    var fromRoot: [Hash] = []
    var range = 0..<size
    while range.count > 1 {
      let middle = middle(of: range)
      let left = range.lowerBound..<middle
      let right = middle..<range.upperBound
      fromRoot.append(try root(of: index < middle ? right : left, hashAt: hashAt))
      range = index < middle ? left : right
    }
    return fromRoot.reversed()
  }

  /// Verifies a proof that the tree has this leaf at this index (RFC 9162 §2.1.3.2).
  ///
  /// - Throws: ``IntegrityError/inclusionNotProven(index:size:)`` if the proof does not connect the leaf with the root.
  package static func verifyInclusion(
    of leaf: Hash,
    at index: Int64,
    inTreeOf size: Int64,
    root: Hash,
    proof: [Hash]
  ) throws(IntegrityError) {
    guard index >= 0, index < size else { throw .leafOutsideTree(index: index, size: size) }
    var node = index
    var last = size - 1
    var hash = leaf
    for sibling in proof {
      guard last > 0 else { throw .inclusionNotProven(index: index, size: size) }
      if isSiblingLeft(of: node, last: last) {
        hash = nodeHash(sibling, hash)
        skipLevelsWithoutSibling(&node, &last)
      } else {
        hash = nodeHash(hash, sibling)
      }
      node >>= 1
      last >>= 1
    }
    guard last == 0, hash == root else { throw .inclusionNotProven(index: index, size: size) }
  }

  /// Returns whether the next hash in a proof belongs to the left sibling of this node.
  ///
  /// `last` is the index of the last node on the same level.
  static func isSiblingLeft(of node: Int64, last: Int64) -> Bool {
    node & 1 == 1 || node == last
  }

  /// Moves up until the node is a right child or the first node of its level.
  ///
  /// On the skipped levels the node has no sibling, because the node is the last node of the level.
  static func skipLevelsWithoutSibling(_ node: inout Int64, _ last: inout Int64) {
    while node & 1 == 0, node != 0 {
      node >>= 1
      last >>= 1
    }
  }
}
