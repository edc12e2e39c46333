extension MerkleTree {
  /// Returns the proof that the log of `newer` entries begins with the log of `older` entries (RFC 9162 §2.1.4.1).
  ///
  /// The proof is empty if the two sizes are equal or if `older` is 0.
  package static func consistencyProof(
    from older: Int64,
    to newer: Int64,
    hashAt: HashSource
  ) throws -> [Hash] {
    guard older >= 0, older <= newer else { throw IntegrityError.treeOutsideTree(older: older, newer: newer) }
    guard older > 0 else { return [] }
    var fromRoot: [Hash] = []
    var range = 0..<newer
    while older < range.upperBound {
      let middle = middle(of: range)
      let left = range.lowerBound..<middle
      let right = middle..<range.upperBound
      fromRoot.append(try root(of: older <= middle ? right : left, hashAt: hashAt))
      range = older <= middle ? left : right
    }
    // If the range begins at 0, the hash of the range is the root of the older tree. The verifier already has that
    // root, so the proof omits the root.
    if range.lowerBound > 0 { fromRoot.append(try root(of: range, hashAt: hashAt)) }
    return fromRoot.reversed()
  }

  /// Verifies a proof that the newer tree begins with the older tree (RFC 9162 §2.1.4.2).
  ///
  /// - Throws: ``IntegrityError/consistencyNotProven(older:newer:)`` if the proof does not connect the two roots.
  package static func verifyConsistency(
    from older: Int64,
    root olderRoot: Hash,
    to newer: Int64,
    root newerRoot: Hash,
    proof: [Hash]
  ) throws(IntegrityError) {
    guard older >= 0, older <= newer else { throw .treeOutsideTree(older: older, newer: newer) }
    let failure = IntegrityError.consistencyNotProven(older: older, newer: newer)
    guard older > 0, older < newer else {
      let isSame = older == newer ? olderRoot == newerRoot : olderRoot == emptyRoot
      guard proof.isEmpty, isSame else { throw failure }
      return
    }
    // If the older tree is full, the root of the older tree is a node of the newer tree. In that case, the proof omits
    // the root, so this line adds the root.
    let path = older & (older - 1) == 0 ? [olderRoot] + proof : proof
    guard let start = path.first else { throw failure }
    let levels = Int64((~(older - 1)).trailingZeroBitCount)
    var node = (older - 1) >> levels
    var last = (newer - 1) >> levels
    var olderHash = start
    var newerHash = start
    for sibling in path.dropFirst() {
      guard last > 0 else { throw failure }
      if isSiblingLeft(of: node, last: last) {
        olderHash = nodeHash(sibling, olderHash)
        newerHash = nodeHash(sibling, newerHash)
        skipLevelsWithoutSibling(&node, &last)
      } else {
        newerHash = nodeHash(newerHash, sibling)
      }
      node >>= 1
      last >>= 1
    }
    guard last == 0, olderHash == olderRoot, newerHash == newerRoot else { throw failure }
  }
}
