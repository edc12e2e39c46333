/// Compares the entries of a log with signed checkpoints of the log, and reports every difference.
///
/// The entries are added in order. The memory does not grow with the log, because a verification keeps only the right
/// edge of the tree and the checkpoints that are not compared yet. If a checkpoint has a false signature or belongs to
/// another log, the verification reports a finding and does not compare the entries with the checkpoint.
package struct LogVerification: Sendable {
  /// A checkpoint that the log must match.
  package struct ExpectedCheckpoint: Sendable {
    /// The name of the checkpoint's source, for messages, such as "the anchor".
    package let source: String
    /// The bytes that should be a signed note.
    ///
    /// These bytes are not verified yet.
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

  /// The maximum number of findings in a report.
  ///
  /// All findings after this number are only counted. 1000 findings already prove that the log was altered.
  package static let maximumFindingCount = 1000

  private let origin: Origin
  /// The names that the log had earlier, each with the number of entries that were signed under this name.
  private let formerSizes: [Origin: Int64]
  private let keys: [VerifierKey]
  private var frontier: MerkleFrontier
  /// The checkpoints that cover more entries than have been added.
  ///
  /// The largest checkpoint is first.
  private var ahead: [OpenedCheckpoint] = []
  private var findings: [Finding] = []
  private var omittedFindingCount = 0
  /// The number of entries that the largest matching checkpoint covers.
  ///
  /// Before the first match, the value is the number of entries that are trusted without a check.
  private var confirmedSize: Int64
  /// The sequence of the first missing entry, or nil if no entry is missing.
  ///
  /// If an entry is missing, the root can't be computed.
  private var firstMissing: Int64?
  /// The sequence that the next entry must have.
  private var sequence: Int64

  /// Begins a verification.
  ///
  /// - Parameters:
  ///   - origin: The name of the log.
  ///   - formerSizes: The names that the log had earlier, each with the number of entries that were signed under this
  ///     name. These entries are the first entries of the log.
  ///   - keys: The trusted public keys. Signatures from other keys are ignored.
  ///   - claims: The checkpoints that the log must match.
  ///   - frontier: The tree over the entries that are trusted without a check. A checkpoint that covers fewer entries
  ///     can't be checked, so the verification reports a finding.
  package init(
    of origin: Origin,
    formerly formerSizes: [Origin: Int64] = [:],
    with keys: [VerifierKey],
    against claims: [ExpectedCheckpoint],
    from frontier: MerkleFrontier = MerkleFrontier()
  ) {
    self.origin = origin
    self.formerSizes = formerSizes
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

  /// The number of entries that the largest validly signed checkpoint covers, even if the entries do not match that
  /// checkpoint.
  package var signedSize: Int64 { max(confirmedSize, ahead.first?.checkpoint.size ?? 0) }

  /// Adds a checkpoint while the verification runs.
  ///
  /// The log can grow during the verification, so the log can get newer checkpoints.
  ///
  /// The checkpoint is ignored if it covers only entries that were already added. The checkpoint is also ignored if it
  /// has no valid signature of a known key, for example because the key was rotated during the verification.
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

  /// Adds the next entry and its position in the log.
  ///
  /// If a position is omitted or repeated, the verification reports a finding. `completed` is called with every full
  /// subtree that the entry completes.
  package mutating func append(
    _ entry: Hash,
    at position: Int64,
    completing completed: (MerkleTree.Node, Hash) -> Void = { _, _ in }
  ) {
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
      frontier.append(MerkleTree.leafHash(of: entry), completing: completed)
      compare()
    }
  }

  /// Ends the verification after the last entry, and returns the report.
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

  /// Returns the checkpoint if a known key signed the checkpoint and the checkpoint belongs to the log.
  ///
  /// Otherwise the function reports a finding and returns nil.
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
    var isOwn = checkpoint.origin == origin
    if let size = formerSizes[checkpoint.origin] {
      isOwn = checkpoint.size <= size
      if !isOwn { report(.beyondFormerPart(source: claim.source, size: checkpoint.size, formerSize: size)) }
    } else if !isOwn {
      report(.originMismatch(source: claim.source, found: checkpoint.origin, expected: origin))
    }
    return signers.bad.isEmpty && !signers.good.isEmpty && isOwn ? checkpoint : nil
  }

  /// Reports signed checkpoints that have the same size but different roots.
  ///
  /// Two checkpoints with the same size and different roots prove that two different histories were signed. The log can
  /// contain only one of these histories.
  private mutating func findForks() {
    for (larger, smaller) in zip(ahead, ahead.dropFirst())
    where larger.checkpoint.size == smaller.checkpoint.size && larger.checkpoint.root != smaller.checkpoint.root {
      report(.fork(size: larger.checkpoint.size, source: smaller.source, other: larger.source))
    }
  }

  /// Compares the root of the tree with the root in every checkpoint of the same size.
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
