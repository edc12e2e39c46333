import ReflogModel
import Testing

/// Tests of the exact text of every finding about a log and about the log's checkpoints.
struct FindingTextTests {
  typealias Finding = LogVerification.Finding

  private static let found = Hash(of: [1])
  private static let signed = Hash(of: [2])

  private static func key(_ number: UInt32 = 0x0012_ABCD) throws -> KeyIdentity {
    KeyIdentity(name: try KeyName("a.example"), number: number)
  }

  @Test func findingsAboutCheckpointsHaveTheirTexts() throws {
    let key = try Self.key()
    let texts: [(Finding, String)] = [
      (
        .malformed(source: "the anchor", problem: .malformedNote(problem: "it contains a control character")),
        "the anchor: The signed note can't be read: it contains a control character. Get a new copy of the whole note."
      ),
      (
        .badSignature(source: "the anchor", key: key),
        "the anchor: the signature that claims to be from a.example+0012abcd does not match this checkpoint."
      ),
      (
        .unknownKey(source: "the anchor", keys: [key]),
        "the anchor: none of the known keys signed this checkpoint. Its signatures claim to be from a.example+0012abcd."
      ),
      (
        .unknownKey(source: "the anchor", keys: [key, try Self.key(1)]),
        "the anchor: none of the known keys signed this checkpoint. Its signatures claim to be from "
          + "a.example+0012abcd, a.example+00000001."
      ),
      (
        .originMismatch(source: "the anchor", found: try Origin("a"), expected: try Origin("b")),
        "the anchor: the checkpoint belongs to the log a, not to b."
      ),
      (
        .fork(size: 7, source: "the anchor", other: "the log"),
        "the anchor and the log: two different histories of 7 entries were signed."
      ),
    ]
    for (finding, text) in texts { #expect(finding.description == text) }
  }

  @Test func findingsAboutEntriesHaveTheirTexts() {
    let texts: [(Finding, String)] = [
      (
        .rootMismatch(source: "the anchor", size: 8, confirmedSize: 7, found: Self.found, signed: Self.signed),
        "the anchor: the first 8 entries differ from the signed entries. Entry 7 was changed, removed, added or moved. "
          + "The computed root is \(Self.found), but the signed root is \(Self.signed)."
      ),
      (
        .rootMismatch(source: "the anchor", size: 8, confirmedSize: 5, found: Self.found, signed: Self.signed),
        "the anchor: the first 8 entries differ from the signed entries. One or more of the entries 5 to 7 were "
          + "changed, removed, added or moved. The computed root is \(Self.found), but the signed root is "
          + "\(Self.signed)."
      ),
      (
        .rootMismatch(source: "the anchor", size: 8, confirmedSize: 8, found: Self.found, signed: Self.signed),
        "the anchor: the first 8 entries differ from the signed entries. But they match another checkpoint. The "
          + "computed root is \(Self.found), but the signed root is \(Self.signed)."
      ),
      (
        .beyondLog(source: "the anchor", size: 9, logSize: 8),
        "the anchor: 9 entries were signed, but the log has only 8."
      ),
      (
        .beforeStart(source: "the anchor", size: 3, start: 7),
        "the anchor: the checkpoint was not checked: it covers 3 entries, but the verification skipped the first 7."
      ),
      (.missing(3..<4), "Entry 3 is missing."),
      (.missing(3..<9), "Entries 3 to 8 are missing."),
      (
        .outOfOrder(sequence: 3, expected: 9),
        "Entry 3 was found, but entry 9 was expected. Entry 3 is out of order or occurs twice."
      ),
      (
        .uncheckable(source: "the anchor", size: 9, missing: 3),
        "the anchor: the first 9 entries can't be compared with the signed entries, because entry 3 is missing."
      ),
    ]
    for (finding, text) in texts { #expect(finding.description == text) }
  }
}
