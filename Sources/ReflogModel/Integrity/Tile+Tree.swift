extension Tile {
  /// Returns the levels of tiles on which a tree of this size has hashes.
  package static func levels(ofTreeOf size: Int64) -> Range<Int> {
    0..<((Int64.bitWidth - size.leadingZeroBitCount) + height - 1) / height
  }

  /// Returns the tiles of one kind of a tree of this size: the full ones, then a partial one if there is one.
  package static func tiles(_ content: Content, ofTreeOf size: Int64) -> some Sequence<Tile> {
    let count = size >> Int64(content.treeLevel)
    let width = Int64(maximumWidth)
    return stride(from: 0, to: count, by: maximumWidth).lazy.compactMap { start in
      Tile(content, index: start / width, width: Int(min(width, count - start)))
    }
  }

  /// Returns the bytes of a tile with these hashes, one after another.
  package static func bytes(of hashes: [Hash]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(hashes.count * Hash.byteCount)
    for hash in hashes { hash.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    return bytes
  }

  /// Returns the hashes in the bytes of this tile.
  ///
  /// - Throws: ``IntegrityError/malformedTile(_:problem:)`` unless there are as many as the tile is wide.
  package func hashes(in bytes: [UInt8]) throws(IntegrityError) -> [Hash] {
    guard bytes.count == width * Hash.byteCount else {
      throw .malformedTile(self, problem: "it has \(bytes.count) bytes instead of \(width * Hash.byteCount)")
    }
    return stride(from: 0, to: bytes.count, by: Hash.byteCount)
      .compactMap { Hash(bytes: bytes[$0..<$0 + Hash.byteCount]) }
  }
}
