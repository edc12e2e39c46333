/// Checks a log's entries, in order, against signed checkpoints of it, and reports all findings.
///
/// Its memory does not grow with the log: it keeps the right edge of the tree and the checkpoints that are not reached
/// yet. A checkpoint with a false signature, or of another log, is a finding, and its root does not count.
package struct LogVerification: Sendable {
  /// A checkpoint that the log must match.
  package struct ExpectedCheckpoint: Sendable {
    /// The name of the source in messages, such as "the anchor".
    package let source: String
    /// A signed note, or bytes that should be one.
    package let note: [UInt8]

    /// Creates an expected checkpoint.
    package init(source: String, note: [UInt8]) {
      self.source = source
      self.note = note
    }
  }

  private struct OpenedCheckpoint {
    let source: String
    let checkpoint: Checkpoint
  }

  /// The most findings that are reported.
  ///
  /// Further findings are only counted. So many findings prove tampering.
  package static let maximumFindingCount = 1000

  private let origin: Origin
  private let keys: [VerifierKey]
  private var frontier: MerkleFrontier
  /// The checkpoints that are not reached yet, largest first.
  private var ahead: [OpenedCheckpoint] = []
  private var findings: [Finding] = []
  private var omittedFindingCount = 0
  /// The log matches what was signed, or what is trusted, up to this size.
  private var confirmedSize: Int64
  /// The first entry that was not given, or nil; the root of later entries is unknown.
  private var firstMissing: Int64?
  /// The sequence of the next entry.
  private var sequence: Int64

  /// Begins a verification.
  ///
  /// - Parameters:
  ///   - origin: The name of the log.
  ///   - keys: The keys whose signatures count.
  ///   - claims: The checkpoints that the log must match.
  ///   - frontier: The tree of the trusted start of the log. A checkpoint of fewer entries can't be checked,
  ///     which is a finding.
  package init(
    of origin: Origin,
    with keys: [VerifierKey],
    against claims: [ExpectedCheckpoint],
    from frontier: MerkleFrontier = MerkleFrontier()
  ) {
    self.origin = origin
    self.keys = keys
    self.frontier = frontier
    sequence = frontier.size
    confirmedSize = frontier.size
    take(claims)
    while let claim = ahead.last, claim.checkpoint.size < frontier.size {
      report(.beforeStart(source: claim.source, size: claim.checkpoint.size, start: frontier.size))
      ahead.removeLast()
    }
    compare()
  }

  /// The largest size that a good signature covers, even if the entries do not match it.
  package var signedSize: Int64 { max(confirmedSize, ahead.first?.checkpoint.size ?? 0) }

  /// Adds a checkpoint of a log that has grown.
  ///
  /// It is ignored if it covers no entry after those that were given, or if no known key signed it, for example after a
  /// rotation.
  package mutating func expect(_ claim: ExpectedCheckpoint) {
    guard let note = try? SignedNote(parsing: claim.note), let size = try? Checkpoint(text: note.text).size,
      size > sequence, !note.signers(among: keys).good.isEmpty
    else { return }
    take([claim])
  }

  private mutating func take(_ claims: [ExpectedCheckpoint]) {
    for claim in claims {
      if let checkpoint = open(claim) { ahead.append(OpenedCheckpoint(source: claim.source, checkpoint: checkpoint)) }
    }
    ahead = ahead.enumerated()
      .sorted { ($1.element.checkpoint.size, $1.offset) < ($0.element.checkpoint.size, $0.offset) }
      .map(\.element)
    findForks()
  }

  /// Adds the next entry, at its position in the log.
  ///
  /// A position that is omitted or repeated is a finding.
  package mutating func append(_ entry: Hash, at position: Int64) {
    guard position >= sequence else {
      report(.outOfOrder(sequence: position, expected: sequence))
      return
    }
    if position > sequence {
      report(.missing(sequence..<position))
      firstMissing = firstMissing ?? sequence
    }
    sequence = position + 1
    if firstMissing == nil {
      frontier.append(MerkleTree.leafHash(of: entry))
      compare()
    }
  }

  /// Returns the report, after the last entry.
  package consuming func finish() -> Report {
    while let claim = ahead.popLast() {
      let size = claim.checkpoint.size
      if size > sequence {
        report(.beyondLog(source: claim.source, size: size, logSize: sequence))
      } else if let firstMissing {
        report(.uncheckable(source: claim.source, size: size, missing: firstMissing))
      }
    }
    return Report(
      findings: findings,
      omittedFindingCount: omittedFindingCount,
      size: sequence,
      root: firstMissing == nil ? frontier.root : nil,
      confirmedSize: confirmedSize
    )
  }

  /// Returns the checkpoint of a claim if it can be trusted, and otherwise reports what is wrong with it.
  private mutating func open(_ claim: ExpectedCheckpoint) -> Checkpoint? {
    let note: SignedNote
    let checkpoint: Checkpoint
    do {
      note = try SignedNote(parsing: claim.note)
      checkpoint = try Checkpoint(text: note.text)
    } catch {
      report(.malformed(source: claim.source, problem: error))
      return nil
    }
    let signers = note.signers(among: keys)
    for key in signers.bad { report(.badSignature(source: claim.source, key: key)) }
    if signers.good.isEmpty, signers.bad.isEmpty {
      report(.unknownKey(source: claim.source, keys: note.signatures.map(\.key)))
    }
    if checkpoint.origin != origin {
      report(.originMismatch(source: claim.source, found: checkpoint.origin, expected: origin))
    }
    return signers.bad.isEmpty && !signers.good.isEmpty && checkpoint.origin == origin ? checkpoint : nil
  }

  /// Reports signed checkpoints of one size with different roots: they are two histories, whatever the log contains.
  private mutating func findForks() {
    for (larger, smaller) in zip(ahead, ahead.dropFirst())
    where larger.checkpoint.size == smaller.checkpoint.size && larger.checkpoint.root != smaller.checkpoint.root {
      report(.fork(size: larger.checkpoint.size, source: smaller.source, other: larger.source))
    }
  }

  /// Compares the tree with every checkpoint of its size.
  private mutating func compare() {
    guard ahead.last?.checkpoint.size == frontier.size else { return }
    let root = frontier.root
    while let claim = ahead.last, claim.checkpoint.size == frontier.size {
      ahead.removeLast()
      if claim.checkpoint.root == root {
        confirmedSize = frontier.size
      } else {
        report(
          .rootMismatch(
            source: claim.source,
            size: frontier.size,
            confirmedSize: confirmedSize,
            found: root,
            signed: claim.checkpoint.root
          )
        )
      }
    }
  }

  private mutating func report(_ finding: Finding) {
    if findings.count < Self.maximumFindingCount {
      findings.append(finding)
    } else {
      omittedFindingCount += 1
    }
  }
}
