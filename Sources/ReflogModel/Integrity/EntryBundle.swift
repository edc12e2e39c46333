/// The entries of one tile, as a log serves them (C2SP tlog-tiles): each behind its length, two bytes, the high one first.
package struct EntryBundle: Hashable, Sendable {
  /// What two bytes can say.
  package static let maximumEntryByteCount = 65_535

  package let entries: [[UInt8]]

  /// Throws on more entries than a tile holds, and on one that is too long.
  package init(entries: [[UInt8]]) throws(IntegrityError) {
    guard entries.count <= Tile.maximumWidth else {
      throw .malformedBundle(problem: "it has more than \(Tile.maximumWidth) entries")
    }
    guard entries.allSatisfy({ $0.count <= Self.maximumEntryByteCount }) else {
      throw .malformedBundle(problem: "an entry has more than \(Self.maximumEntryByteCount) bytes")
    }
    self.entries = entries
  }

  package var bytes: [UInt8] {
    entries.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 0xFF)] + $0 }
  }

  /// Reads the bundle of a tile; throws unless it holds as many entries as the tile is wide, and nothing behind them.
  package init(parsing bytes: [UInt8], of tile: Tile) throws(IntegrityError) {
    var rest = bytes[...]
    var entries: [[UInt8]] = []
    while entries.count < tile.width {
      guard let high = rest.popFirst(), let low = rest.popFirst() else {
        throw .malformedTile(tile, problem: "it ends after \(entries.count) of \(tile.width) entries")
      }
      let count = Int(high) << 8 | Int(low)
      guard rest.count >= count else { throw .malformedTile(tile, problem: "it ends within an entry") }
      entries.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    guard rest.isEmpty else { throw .malformedTile(tile, problem: "something stands behind its last entry") }
    try self.init(entries: entries)
  }
}
