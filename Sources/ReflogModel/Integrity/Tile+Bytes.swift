extension Tile {
  /// Returns the bytes of a tile with the given hashes.
  ///
  /// The bytes of the hashes follow one another without separators.
  package static func bytes(of hashes: [Hash]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(hashes.count * Hash.byteCount)
    for hash in hashes { hash.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    return bytes
  }
}
