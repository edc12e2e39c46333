/// What shows, without asking anybody, that an entry is in a log: its index, the way from it to the root, and the signed
/// checkpoint that has the root (C2SP tlog-proof). It is the receipt of a change.
package struct TransparencyProof: Sendable {
  /// A tree of 2⁶³ entries is no higher.
  package static let maximumHashCount = 63
  /// Room for a record and its like; it is data that nobody signs.
  package static let maximumExtraByteCount = 1_000_000

  package let index: Int64
  /// The leaf's sibling first.
  package let hashes: [Hash]
  package let checkpoint: SignedNote
  /// Whatever helps to make the leaf anew. It is not signed: believe it only once the leaf made from it verifies. Empty
  /// where there is none.
  package let extra: [UInt8]

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

  /// Throws unless a key of this log signed the checkpoint, and the leaf is in the log at the index; gives the checkpoint
  /// that shows it.
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
    problem: "its extra line holds more than \(maximumExtraByteCount) bytes"
  )
}
