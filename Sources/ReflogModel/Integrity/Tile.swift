/// Where a tile of a log stands, and how wide it is (C2SP tlog-tiles).
///
/// A tile holds up to 256 hashes that follow each other on one level of the tree, or as many entries.
package struct Tile: Hashable, Sendable {
  package static let maximumWidth = 256
  /// The levels of the tree that one tile spans: 2⁸ hashes have one hash above them.
  package static let height = 8
  /// The highest level that a path can name.
  package static let maximumLevel = 63

  /// What a tile holds.
  package enum Content: Hashable, Sendable {
    /// The hashes of the nodes of the level `8 * level` of the tree.
    case hashes(level: Int)
    case entries

    /// The level of the tree that has as many nodes as there are hashes, or entries, of this kind.
    var treeLevel: Int {
      switch self {
      case .hashes(let level): level * Tile.height
      case .entries: 0
      }
    }
  }

  package let content: Content
  package let index: Int64
  /// How many hashes or entries it holds, 1 to 256; with fewer than 256 it is a partial tile.
  package let width: Int

  /// Fails on what no tree has.
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

  /// Which of the hashes of their level, or of the entries, the tile holds.
  package var range: Range<Int64> {
    let start = index * Int64(Self.maximumWidth)
    return start..<start + Int64(width)
  }

  /// Whether a tree of this size holds all that the tile does: it can be given out, though the tree may have outgrown it.
  package func isCovered(byTreeOf size: Int64) -> Bool {
    range.upperBound <= size >> Int64(content.treeLevel)
  }
}
