extension Tile {
  /// Returns the bytes of a tile that contains these hashes.
  ///
  /// The result contains the bytes of one hash after another, without separators.
  package static func bytes(of hashes: [Hash]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(hashes.count * Hash.byteCount)
    for hash in hashes { hash.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    return bytes
  }
}
