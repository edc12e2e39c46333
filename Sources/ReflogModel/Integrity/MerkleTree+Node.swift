extension MerkleTree {
  /// A node that is the root of a full subtree.
  ///
  /// The leaves are on level 0. The node `index` of a level covers the leaves from `index * 2^level` up to, but not
  /// including, `(index + 1) * 2^level`.
  package struct Node: Hashable, Sendable {
    /// The level, from 0 for the leaves.
    package let level: Int
    /// The position of the node on its level, from 0.
    package let index: Int64

    /// Creates a node.
    package init(level: Int, index: Int64) {
      self.level = level
      self.index = index
    }

    /// Creates the node that covers exactly the leaves in this range, or returns nil if there is no such node.
    init?(covering range: Range<Int64>) {
      let count = range.upperBound - range.lowerBound
      guard count > 0, count & (count - 1) == 0, range.lowerBound & (count - 1) == 0 else { return nil }
      level = count.trailingZeroBitCount
      index = range.lowerBound >> Int64(level)
    }

    /// The left child of the node.
    package var leftChild: Node { Node(level: level - 1, index: index * 2) }
    /// The right child of the node.
    package var rightChild: Node { Node(level: level - 1, index: index * 2 + 1) }
    /// The parent of the node.
    package var parent: Node { Node(level: level + 1, index: index / 2) }
  }

  /// Returns the hash of a node, computed from the hashes in tiles.
  ///
  /// Tiles contain the hashes on the levels 0, 8, 16 and so on. The function calls `hashAt` for nodes on these levels
  /// only, at most 128 times.
  package static func hash(of node: Node, fromTiles hashAt: HashSource) throws -> Hash {
    if node.level.isMultiple(of: Tile.height) { return try hashAt(node) }
    return nodeHash(
      try hash(of: node.leftChild, fromTiles: hashAt),
      try hash(of: node.rightChild, fromTiles: hashAt)
    )
  }
}
