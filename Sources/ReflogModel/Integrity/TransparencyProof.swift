/// Proves offline that an entry is in a log; the receipt of a change (C2SP tlog-proof).
///
/// It has the entry's index, the hashes that connect the entry with the root, and the signed checkpoint with the root.
package struct TransparencyProof: Sendable {
  /// The most hashes: a tree of 2⁶³ entries has no more levels.
  package static let maximumHashCount = 63
  /// The most bytes of extra data: enough for a record.
  package static let maximumExtraByteCount = 1_000_000

  /// The index of the entry.
  package let index: Int64
  /// The hashes of the siblings on the path to the root, the leaf's sibling first.
  package let hashes: [Hash]
  /// The signed checkpoint with the root.
  package let checkpoint: SignedNote
  /// Data from which the leaf can be made again, or empty.
  ///
  /// It is not signed. Trust it only after the leaf that was made from it verifies.
  package let extra: [UInt8]

  /// Creates a proof.
  ///
  /// - Throws: ``IntegrityError/malformedProof(problem:)`` if the index is negative or a limit is exceeded.
  package init(
    index: Int64,
    hashes: [Hash],
    checkpoint: SignedNote,
    extra: [UInt8] = []
  ) throws(IntegrityError) {
    guard index >= 0 else { throw .malformedProof(problem: "its index is negative") }
    guard hashes.count <= Self.maximumHashCount else { throw Self.hasTooManyHashes }
    guard extra.count <= Self.maximumExtraByteCount else { throw Self.hasTooMuchExtra }
    self.index = index
    self.hashes = hashes
    self.checkpoint = checkpoint
    self.extra = extra
  }

  /// Verifies that a key of this log signed the checkpoint, and that the leaf is in the log at the index.
  ///
  /// - Returns: The checkpoint.
  /// - Throws: ``IntegrityError`` if one of the two is not true.
  @discardableResult
  package func verify(
    leaf: Hash,
    of origin: Origin,
    with keys: [VerifierKey]
  ) throws(IntegrityError) -> Checkpoint {
    let checkpoint = try Checkpoint(opening: checkpoint, of: origin, with: keys)
    try MerkleTree.verifyInclusion(
      of: leaf,
      at: index,
      inTreeOf: checkpoint.size,
      root: checkpoint.root,
      proof: hashes
    )
    return checkpoint
  }

  static let hasTooManyHashes = IntegrityError.malformedProof(problem: "it has more than \(maximumHashCount) hashes")
  static let hasTooMuchExtra = IntegrityError.malformedProof(
    problem: "its extra line has more than \(maximumExtraByteCount) bytes"
  )
}
