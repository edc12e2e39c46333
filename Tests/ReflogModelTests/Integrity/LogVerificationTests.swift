import ReflogModel
import Testing

struct LogVerificationTests {
  typealias Finding = LogVerification.Finding

  private let origin: Origin
  private let key: SigningKey
  private let entries = (UInt8(0)..<20).map { Hash(of: [$0]) }

  init() throws {
    origin = try Origin("audit.example/log")
    key = try SigningKey(name: origin.keyName(), seed: [UInt8](repeating: 5, count: 32))
  }

  /// Returns a checkpoint of the first `size` entries, signed with `keys`.
  ///
  /// If `keys` is nil, the log's key signs the checkpoint.
  private func claim(
    _ size: Int,
    of entries: [Hash]? = nil,
    source: String? = nil,
    origin: Origin? = nil,
    by keys: [SigningKey]? = nil
  ) throws -> LogVerification.ExpectedCheckpoint {
    var frontier = MerkleFrontier()
    for entry in (entries ?? self.entries).prefix(size) { frontier.append(MerkleTree.leafHash(of: entry)) }
    let checkpoint = Checkpoint(origin: origin ?? self.origin, size: Int64(size), root: frontier.root)
    return LogVerification.ExpectedCheckpoint(
      source: source ?? "at \(size)",
      note: try checkpoint.signed(by: keys ?? [key]).bytes
    )
  }

  private func root(_ size: Int, of entries: [Hash]) throws -> Hash {
    try Checkpoint(text: SignedNote(parsing: claim(size, of: entries).note).text).root
  }

  private func verify(
    _ entries: [(Int64, Hash)],
    against claims: [LogVerification.ExpectedCheckpoint],
    from frontier: MerkleFrontier = MerkleFrontier()
  ) -> LogVerification.Report {
    var verification = LogVerification(of: origin, with: [key.verifierKey], against: claims, from: frontier)
    for (position, entry) in entries { verification.append(entry, at: position) }
    return verification.finish()
  }

  private func verify(_ entries: [Hash], against claims: [LogVerification.ExpectedCheckpoint]) -> LogVerification.Report
  {
    verify(entries.enumerated().map { (Int64($0), $1) }, against: claims)
  }

  @Test func anUnalteredLogHasNoFindings() throws {
    let claims = try [13, 0, 1, 7, 20, 7].map { try claim($0) }

    let report = verify(entries, against: claims)

    #expect(report.findings.isEmpty)
    #expect(report.size == 20)
    #expect(report.confirmedSize == 20)
    #expect(report.unsigned.isEmpty)
    #expect(report.root == (try root(20, of: entries)))
  }

  @Test func entriesAfterTheLastCheckpointAreUnsigned() throws {
    #expect(verify(entries, against: [try claim(13)]).unsigned == 13..<20)
    #expect(verify(entries, against: []).unsigned == 0..<20)
    #expect(verify([Hash](), against: [try claim(0)]).findings.isEmpty)
  }

  @Test(arguments: 0..<20)
  func oneFlippedBitOfOneEntryIsFound(position: Int) throws {
    var changed = entries
    changed[position] = try changed[position].flipping(bit: position * 12)

    let report = verify(changed, against: try [1, 7, 13, 20].map { try claim($0) })

    let before = [0, 1, 7, 13].last { $0 <= position } ?? 0
    let after = [1, 7, 13, 20].filter { $0 > position }
    #expect(
      report.findings
        == (try after.map { size in
          .rootMismatch(
            source: "at \(size)",
            size: Int64(size),
            confirmedSize: Int64(before),
            found: try root(size, of: changed),
            signed: try root(size, of: entries)
          )
        })
    )
    #expect(report.confirmedSize == Int64(before))
  }

  @Test func exchangedEntriesAreFound() throws {
    var exchanged = entries
    exchanged.swapAt(8, 9)

    let report = verify(exchanged, against: try [7, 13].map { try claim($0) })

    #expect(report.findings.count == 1)
    #expect(
      report.findings.first?.description
        == "at 13: the first 13 entries differ from the signed entries. One or more of the entries 7 to 12 were "
        + "changed, removed, added or moved. The computed root is \(try root(13, of: exchanged)), but the signed "
        + "root is \(try root(13, of: entries))."
    )
  }

  @Test func theReportListsTheMissingEntries() throws {
    let given = entries.enumerated().map { (Int64($0), $1) }.filter { ![3, 9, 10].contains($0.0) }

    let report = verify(given, against: try [2, 13, 25].map { try claim($0) })

    #expect(
      report.findings == [
        .missing(3..<4), .missing(9..<11), .uncheckable(source: "at 13", size: 13, missing: 3),
        .beyondLog(source: "at 25", size: 25, logSize: 20),
      ]
    )
    #expect(report.confirmedSize == 2)
    #expect(report.root == nil)
    #expect(report.size == 20)
  }

  @Test func missingEntriesAtTheEndOfTheLogAreFound() throws {
    let report = verify(Array(entries.prefix(5)), against: try [4, 13].map { try claim($0) })

    #expect(report.findings == [.beyondLog(source: "at 13", size: 13, logSize: 5)])
    #expect(report.confirmedSize == 4)
  }

  @Test func repeatedEntriesAreFoundAndIgnored() throws {
    let given: [(Int64, Hash)] = [(0, entries[0]), (1, entries[1]), (1, entries[1]), (2, entries[2]), (0, entries[0])]

    let report = verify(given, against: [try claim(3)])

    #expect(report.findings == [.outOfOrder(sequence: 1, expected: 2), .outOfOrder(sequence: 0, expected: 3)])
    #expect(report.confirmedSize == 3)
  }

  @Test func anInvalidCheckpointIsReportedAndItsRootIsIgnored() throws {
    let stranger = try SigningKey(name: KeyName("stranger.example"), seed: [UInt8](repeating: 6, count: 32))
    let other = try Origin("other.example")
    let otherEntries = Array(entries.reversed())
    let good = try claim(7)
    let forged = try SignedNote(
      text: SignedNote(parsing: claim(7, of: otherEntries).note).text,
      signatures: SignedNote(parsing: good.note).signatures
    )

    let report = verify(
      entries,
      against: [
        LogVerification.ExpectedCheckpoint(source: "garbage", note: Array("garbage".utf8)),
        LogVerification.ExpectedCheckpoint(
          source: "no checkpoint",
          note: try SignedNote(text: "text\n", signedBy: [key]).bytes
        ),
        LogVerification.ExpectedCheckpoint(source: "forged", note: forged.bytes),
        try claim(7, of: otherEntries, source: "unknown", by: [stranger]),
        try claim(7, of: otherEntries, source: "another log", origin: other),
        try claim(7, of: otherEntries, source: "all at once", origin: other, by: [stranger]),
        good,
      ]
    )

    let identity = key.verifierKey.identity
    #expect(
      report.findings == [
        .malformed(source: "garbage", problem: .malformedNote(problem: "it does not end with a newline")),
        .malformed(
          source: "no checkpoint",
          problem: .malformedCheckpoint(problem: "it has fewer than three whole lines")
        ),
        .badSignature(source: "forged", key: identity),
        .unknownKey(source: "unknown", keys: [stranger.verifierKey.identity]),
        .originMismatch(source: "another log", found: other, expected: origin),
        .unknownKey(source: "all at once", keys: [stranger.verifierKey.identity]),
        .originMismatch(source: "all at once", found: other, expected: origin),
      ]
    )
    #expect(report.confirmedSize == 7)
  }

  @Test func aCheckpointWithAValidAndAFalseSignatureIsInvalid() throws {
    let next = try SigningKey(name: origin.keyName(), seed: [UInt8](repeating: 6, count: 32))
    let good = try SignedNote(parsing: claim(7).note)
    let bad = try SignedNote(parsing: claim(6, by: [next]).note)
    let note = try SignedNote(text: good.text, signatures: good.signatures + bad.signatures)

    var verification = LogVerification(
      of: origin,
      with: [key.verifierKey, next.verifierKey],
      against: [LogVerification.ExpectedCheckpoint(source: "the anchor", note: note.bytes)]
    )
    for (position, entry) in entries.enumerated() { verification.append(entry, at: Int64(position)) }
    let report = verification.finish()

    #expect(report.findings == [.badSignature(source: "the anchor", key: next.verifierKey.identity)])
    #expect(report.confirmedSize == 0)
  }

  @Test func twoRootsForOneSizeAreReportedAsAFork() throws {
    let rewritten = Array(entries.reversed())
    let claims = try [claim(7, source: "ours"), claim(7, of: rewritten, source: "theirs")]

    let report = verify(entries, against: claims)
    let beyond = verify([Hash](), against: claims)

    #expect(
      report.findings == [
        .fork(size: 7, source: "ours", other: "theirs"),
        .rootMismatch(
          source: "theirs",
          size: 7,
          confirmedSize: 7,
          found: try root(7, of: entries),
          signed: try root(7, of: rewritten)
        ),
      ]
    )
    #expect(beyond.findings.first == .fork(size: 7, source: "ours", other: "theirs"))
  }

  @Test func aVerificationCanBeginAfterTrustedEntries() throws {
    var frontier = MerkleFrontier()
    for entry in entries.prefix(7) { frontier.append(MerkleTree.leafHash(of: entry)) }
    let rest = entries.enumerated().dropFirst(7).map { (Int64($0), $1) }

    let report = verify(rest, against: try [3, 7, 13].map { try claim($0) }, from: frontier)

    #expect(report.findings == [.beforeStart(source: "at 3", size: 3, start: 7)])
    #expect(report.unsigned == 13..<20)
  }

  @Test func findingsBeyondTheLimitAreCountedButNotListed() {
    let count = Int64(LogVerification.maximumFindingCount + 5)

    let report = verify((1...count).map { ($0 * 2 - 1, entries[0]) }, against: [])

    #expect(report.findings.count == LogVerification.maximumFindingCount)
    #expect(report.omittedFindingCount == 5)
  }

  @Test func theCheckpointInTheTestVectorsPassesTheVerification() throws {
    // A verification needs entries that are hashes, but the entries in the vectors are texts. So the test starts the
    // verification with a frontier that already contains the leaf hashes.
    let vectors = try TransparencyVectors()
    var frontier = MerkleFrontier()
    for leaf in try vectors.leaves { frontier.append(leaf) }
    let claim = LogVerification.ExpectedCheckpoint(source: "the vectors", note: try vectors.checkpoints[3].note)

    let verification = LogVerification(
      of: try vectors.origin,
      with: [try vectors.verifierKey],
      against: [claim],
      from: frontier
    )

    #expect(verification.finish().findings.isEmpty)
  }
}
