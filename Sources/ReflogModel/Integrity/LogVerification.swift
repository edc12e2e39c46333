/// Checks a log's entries, one after another, against checkpoints that were signed of it, and reports all that it finds.
///
/// What it keeps does not grow with the log: the right edge of the tree, and the checkpoints still ahead. A checkpoint whose
/// signature is not good, or that is of another log, is a finding, and its root counts for nothing.
package struct LogVerification: Sendable {
  /// A checkpoint to check against, as it was found.
  package struct ExpectedCheckpoint: Sendable {
    /// Where it was found, for people: "the anchor".
    package let source: String
    /// A signed note, or what should be one.
    package let note: [UInt8]

    package init(source: String, note: [UInt8]) {
      self.source = source
      self.note = note
    }
  }

  private struct OpenedCheckpoint {
    let source: String
    let checkpoint: Checkpoint
  }

  /// Tampering that leaves more traces than this is plain enough; the rest is counted.
  package static let maximumFindingCount = 1000

  private let origin: Origin
  private let keys: [VerifierKey]
  private var frontier: MerkleFrontier
  /// The largest first.
  private var ahead: [OpenedCheckpoint] = []
  private var findings: [Finding] = []
  private var omittedFindingCount = 0
  /// The log is as it was signed, or trusted, up to here.
  private var confirmedSize: Int64
  /// The first entry that was not given; no root is known behind it.
  private var firstMissing: Int64?
  /// The entry that is next.
  private var sequence: Int64

  /// - Parameter frontier: where to begin, in a log whose beginning is trusted already; checkpoints before it can't be
  ///   checked, which is a finding.
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

  /// The largest size that a good signature is over, whatever the entries then turn out to be.
  package var signedSize: Int64 { max(confirmedSize, ahead.first?.checkpoint.size ?? 0) }

  /// Takes one more checkpoint to check against, of a log that goes on. One of no more entries than were taken already, or that only
  /// other keys signed, as after a rotation, counts for nothing.
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

  /// Takes the next entry, which stands at this place of the log. Places that are left out, and places that come again,
  /// are findings.
  package mutating func append(_ entry: Hash, at place: Int64) {
    guard place >= sequence else {
      report(.outOfOrder(sequence: place, expected: sequence))
      return
    }
    if place > sequence {
      report(.missing(sequence..<place))
      firstMissing = firstMissing ?? sequence
    }
    sequence = place + 1
    if firstMissing == nil {
      frontier.append(MerkleTree.leafHash(of: entry))
      compare()
    }
  }

  /// Says what was found, now that the log has ended.
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

  /// The checkpoint in a claim, if it can be trusted; otherwise what is wrong with it becomes findings.
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

  /// Two roots of one size, both signed, are two histories, whatever the log now holds.
  private mutating func findForks() {
    for (larger, smaller) in zip(ahead, ahead.dropFirst())
    where larger.checkpoint.size == smaller.checkpoint.size && larger.checkpoint.root != smaller.checkpoint.root {
      report(.fork(size: larger.checkpoint.size, source: smaller.source, other: larger.source))
    }
  }

  /// Compares the tree as it is with every checkpoint of its size.
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
