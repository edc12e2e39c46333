extension Tile {
  /// Returns the levels of tiles for a tree of this size, from 0 to the highest level that has a hash.
  package static func levels(ofTreeOf size: Int64) -> Range<Int> {
    0..<((Int64.bitWidth - size.leadingZeroBitCount) + height - 1) / height
  }

  /// Returns all tiles with this kind of content for a tree of this size.
  ///
  /// The full tiles are first. If there is a partial tile, the partial tile is last.
  package static func tiles(_ content: Content, ofTreeOf size: Int64) -> some Sequence<Tile> {
    let count = size >> Int64(content.treeLevel)
    let width = Int64(maximumWidth)
    return stride(from: 0, to: count, by: maximumWidth).lazy.compactMap { start in
      Tile(content, index: start / width, width: Int(min(width, count - start)))
    }
  }

  /// Returns the bytes of a tile that contains these hashes.
  ///
  /// The result contains the bytes of one hash after another, without separators.
  package static func bytes(of hashes: [Hash]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(hashes.count * Hash.byteCount)
    for hash in hashes { hash.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    return bytes
  }

  /// Reads the hashes in this tile from the tile's bytes.
  ///
  /// - Throws: ``IntegrityError/malformedTile(_:problem:)`` if the number of hashes is not the width of the tile.
  package func hashes(in bytes: [UInt8]) throws(IntegrityError) -> [Hash] {
    guard bytes.count == width * Hash.byteCount else {
      throw .malformedTile(self, problem: "it has \(bytes.count) bytes instead of \(width * Hash.byteCount)")
    }
    return stride(from: 0, to: bytes.count, by: Hash.byteCount)
      .compactMap { Hash(bytes: bytes[$0..<$0 + Hash.byteCount]) }
  }
}
