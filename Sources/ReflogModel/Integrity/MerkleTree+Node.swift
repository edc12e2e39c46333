extension MerkleTree {
  /// Where a full subtree stands in the tree: level 0 are the leaves, and the node `index` of a level covers the leaves
  /// from `index * 2^level` up to, but not including, `(index + 1) * 2^level`.
  package struct Node: Hashable, Sendable {
    package let level: Int
    package let index: Int64

    package init(level: Int, index: Int64) {
      self.level = level
      self.index = index
    }

    /// Fails unless the leaves in the range are just those of one full subtree.
    init?(covering range: Range<Int64>) {
      let count = range.upperBound - range.lowerBound
      guard count > 0, count & (count - 1) == 0, range.lowerBound & (count - 1) == 0 else { return nil }
      level = count.trailingZeroBitCount
      index = range.lowerBound >> Int64(level)
    }

    package var leftChild: Node { Node(level: level - 1, index: index * 2) }
    package var rightChild: Node { Node(level: level - 1, index: index * 2 + 1) }
    package var parent: Node { Node(level: level + 1, index: index / 2) }
  }

  /// The hash of a node from the hashes that tiles hold, those of the levels 0, 8, 16 and so on; the source is asked for no
  /// others, at most 128 of them.
  package static func hash(of node: Node, fromTiles hashAt: HashSource) throws -> Hash {
    if node.level.isMultiple(of: Tile.height) { return try hashAt(node) }
    return nodeHash(
      try hash(of: node.leftChild, fromTiles: hashAt),
      try hash(of: node.rightChild, fromTiles: hashAt)
    )
  }
}
