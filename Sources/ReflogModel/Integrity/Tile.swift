/// A tile of a log: its position and its width (C2SP tlog-tiles).
///
/// A tile has up to 256 consecutive hashes of one level of the tree, or as many entries.
package struct Tile: Hashable, Sendable {
  /// The most hashes or entries of a tile.
  package static let maximumWidth = 256
  /// The levels of the tree that one tile spans: 2⁸ hashes have one hash above them.
  package static let height = 8
  /// The highest level that a path can name.
  package static let maximumLevel = 63

  /// What a tile contains.
  package enum Content: Hashable, Sendable {
    /// The hashes of the nodes on the level `8 * level` of the tree.
    case hashes(level: Int)
    /// The entries themselves.
    case entries

    /// The level of the tree whose nodes these hashes, or entries, are.
    var treeLevel: Int {
      switch self {
      case .hashes(let level): level * Tile.height
      case .entries: 0
      }
    }
  }

  /// What the tile contains.
  package let content: Content
  /// The position of the tile among the tiles of this kind, from 0.
  package let index: Int64
  /// The number of hashes or entries, 1 to 256; a partial tile has fewer than 256.
  package let width: Int

  /// Creates a tile, or returns nil if no tree has such a tile.
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

  /// The positions of its hashes on their level, or of its entries.
  package var range: Range<Int64> {
    let start = index * Int64(Self.maximumWidth)
    return start..<start + Int64(width)
  }

  /// Returns whether a tree of this size contains all of the tile.
  ///
  /// Only then can the tile be served.
  ///
  /// This is also true of a partial tile that the tree has outgrown.
  package func isCovered(byTreeOf size: Int64) -> Bool {
    range.upperBound <= size >> Int64(content.treeLevel)
  }
}
