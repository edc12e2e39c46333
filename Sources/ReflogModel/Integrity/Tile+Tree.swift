extension Tile {
  /// The levels of tiles that a tree of this size has hashes on.
  package static func levels(ofTreeOf size: Int64) -> Range<Int> {
    0..<((Int64.bitWidth - size.leadingZeroBitCount) + height - 1) / height
  }

  /// The tiles of one kind that a tree of this size consists of: the full ones, and at the end perhaps a partial one.
  package static func tiles(_ content: Content, ofTreeOf size: Int64) -> some Sequence<Tile> {
    let count = size >> Int64(content.treeLevel)
    let width = Int64(maximumWidth)
    return stride(from: 0, to: count, by: maximumWidth).lazy.compactMap { start in
      Tile(content, index: start / width, width: Int(min(width, count - start)))
    }
  }

  /// The bytes of a tile of these hashes: one behind the other.
  package static func bytes(of hashes: [Hash]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(hashes.count * Hash.byteCount)
    for hash in hashes { hash.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    return bytes
  }

  /// The hashes in the bytes of this tile; throws unless there are as many as it is wide.
  package func hashes(in bytes: [UInt8]) throws(IntegrityError) -> [Hash] {
    guard bytes.count == width * Hash.byteCount else {
      throw .malformedTile(self, problem: "it has \(bytes.count) bytes instead of \(width * Hash.byteCount)")
    }
    return stride(from: 0, to: bytes.count, by: Hash.byteCount)
      .compactMap { Hash(bytes: bytes[$0..<$0 + Hash.byteCount]) }
  }
}
