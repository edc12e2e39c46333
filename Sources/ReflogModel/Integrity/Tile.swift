/// Identifies a tile of a log by its content, its position and its width (C2SP tlog-tiles).
///
/// A tile contains up to 256 consecutive hashes on one level of the Merkle tree, or up to 256 consecutive entries.
package struct Tile: Hashable, Sendable {
  /// The maximum number of hashes or entries in a tile.
  package static let maximumWidth = 256
  /// The number of tree levels between one level of tiles and the next.
  ///
  /// A full tile has 2⁸ hashes. One hash, eight tree levels higher, covers all of these hashes. That hash is in a tile
  /// of the next level.
  package static let height = 8
  /// The highest level that a path can contain.
  package static let maximumLevel = 63

  /// The content of a tile.
  package enum Content: Hashable, Sendable {
    /// The hashes of the nodes on level `8 * level` of the tree.
    case hashes(level: Int)
    /// The entries themselves.
    case entries

    /// The level of the tree that the tile's hashes or entries belong to.
    ///
    /// Entries belong to level 0, because they are leaves.
    var treeLevel: Int {
      switch self {
      case .hashes(let level): level * Tile.height
      case .entries: 0
      }
    }
  }

  /// The content of the tile.
  package let content: Content
  /// The position of the tile among all tiles with the same kind of content, from 0.
  package let index: Int64
  /// The number of hashes or entries, from 1 to 256.
  ///
  /// A tile with a width below 256 is a partial tile.
  package let width: Int

  /// Creates a tile, or returns nil if no tree can have a tile with these values.
  package init?(_ content: Content, index: Int64, width: Int = Tile.maximumWidth) {
    let levels = 0...Self.maximumLevel
    if case .hashes(let level) = content, !levels.contains(level) { return nil }
    guard (0..<Int64.max / Int64(Self.maximumWidth)).contains(index), (1...Self.maximumWidth).contains(width) else {
      return nil
    }
    self.content = content
    self.index = index
    self.width = width
  }

  /// The positions of the tile's hashes on their level of the tree, or the positions of its entries in the log.
  package var range: Range<Int64> {
    let start = index * Int64(Self.maximumWidth)
    return start..<start + Int64(width)
  }

  /// Returns whether a tree of this size contains all hashes or entries in the tile.
  ///
  /// A log can serve the tile only if the result is true. The result is also true for a partial tile if the tree has
  /// grown and has a wider tile at the same position.
  package func isCovered(byTreeOf size: Int64) -> Bool {
    range.upperBound <= size >> Int64(content.treeLevel)
  }
}
