/// A proof that an entry is in a log (C2SP tlog-proof).
///
/// The receipt of a change is a transparency proof. A reader can verify a proof offline. A proof contains the entry's
/// index, the signed checkpoint with the root, and the hashes that connect the entry with the root.
package struct TransparencyProof: Sendable {
  /// The maximum number of hashes.
  ///
  /// A tree of 2⁶³ entries has 63 levels above its leaves.
  package static let maximumHashCount = 63
  /// The maximum length of the extra data in bytes.
  ///
  /// This length is enough for the record of an entry.
  package static let maximumExtraByteCount = 1_000_000

  /// The index of the entry.
  package let index: Int64
  /// The hashes of the siblings on the path from the leaf to the root.
  ///
  /// The leaf's sibling is first.
  package let hashes: [Hash]
  /// The signed checkpoint with the root.
  package let checkpoint: SignedNote
  /// Additional data from which a reader can compute the leaf.
  ///
  /// The data can be empty, and the data is not signed. Compute the leaf from the data, and trust the data only if
  /// ``verify(leaf:of:with:)`` succeeds for this leaf.
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

  /// Verifies that one of these keys signed the log's checkpoint, and that the leaf is in the log at ``index``.
  ///
  /// - Returns: The verified checkpoint.
  /// - Throws: ``IntegrityError`` if the checkpoint or the inclusion failed verification.
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
