import ReflogModel
import Testing

struct FindingTextTests {
  typealias Finding = LogVerification.Finding

  private static let zero = Hash(of: [])

  private static func identity() throws -> KeyIdentity {
    KeyIdentity(name: try KeyName("a.example"), number: 0x0012_ABCD)
  }

  @Test func findingsArePlainSentences() throws {
    let key = try Self.identity()
    let texts: [(Finding, String)] = [
      (
        .malformed(source: "the anchor", problem: .malformedNote(problem: "it holds a control character")),
        "the anchor: The signed note can't be read, for it holds a control character; take it anew, whole."
      ),
      (
        .badSignature(source: "the anchor", key: key),
        "the anchor: the signature in the name of a.example+0012abcd is not of this checkpoint."
      ),
      (
        .unknownKey(source: "the anchor", keys: [key]),
        "the anchor: none of the known keys signed this checkpoint, but a.example+0012abcd."
      ),
      (
        .originMismatch(source: "the anchor", found: try Origin("a"), expected: try Origin("b")),
        "the anchor: the checkpoint is of the log a, not of b."
      ),
      (
        .fork(size: 7, source: "the anchor", other: "the log"),
        "the anchor and the log: two different histories of 7 entries were signed."
      ),
      (
        .rootMismatch(source: "the anchor", size: 8, confirmedSize: 7, found: Self.zero, signed: Self.zero),
        "the anchor: the first 8 entries are not those that were signed: entry 7 was changed, removed, added or moved; "
          + "their root is \(Self.zero), and \(Self.zero) was signed."
      ),
      (
        .rootMismatch(source: "the anchor", size: 8, confirmedSize: 8, found: Self.zero, signed: Self.zero),
        "the anchor: the first 8 entries are not those that were signed, though another checkpoint says so; their root "
          + "is \(Self.zero), and \(Self.zero) was signed."
      ),
      (
        .beyondLog(source: "the anchor", size: 9, logSize: 8),
        "the anchor: 9 entries were signed, and the log has 8."
      ),
      (
        .beforeStart(source: "the anchor", size: 3, start: 7),
        "the anchor: the checkpoint is of 3 entries, and the check began behind the first 7."
      ),
      (.missing(3..<4), "Entry 3 is missing."),
      (.missing(3..<9), "The entries 3 to 8 are missing."),
      (.outOfOrder(sequence: 3, expected: 9), "Entry 3 comes where entry 9 is expected, or is there twice."),
      (
        .uncheckable(source: "the anchor", size: 9, missing: 3),
        "the anchor: whether the first 9 entries are those that were signed can't be told, for entry 3 is missing."
      ),
    ]
    for (finding, text) in texts { #expect(finding.description == text) }
  }

  @Test func errorsArePlainSentencesWithoutControlCharacters() throws {
    let key = try Self.identity()
    let tile = try Tile(path: "tile/0/000")
    let texts: [(IntegrityError, String)] = [
      (
        .noWholeNumber("1.5\u{1B}"),
        "1.5\u{FFFD} is no whole number from -(2^53 - 1) to 2^53 - 1 in its shortest spelling; record it as a text."
      ),
      (.duplicateMember(name: "a"), "The member a stands twice in one object; give it once."),
      (.nestedTooDeep, "Values are nested more than 64 deep; record less at once."),
      (
        .leafOutsideTree(index: 5, size: 5),
        "There is no entry 5 in a log of 5 entries; take a checkpoint that is newer than the entry."
      ),
      (
        .treeOutsideTree(older: 6, newer: 5),
        "A log of 5 entries does not begin with 6 entries; name the smaller size first."
      ),
      (
        .frontierMismatch(size: 5, hashCount: 1),
        "1 hashes are not the right edge of a tree of 5 entries; build it anew from the entries."
      ),
      (
        .malformedKeyName("a b"),
        "\"a b\" is no name for a key; a name has no white space and no plus, and is not empty."
      ),
      (
        .unsupportedKey(type: 4),
        "The key is of the kind 4, and only Ed25519, kind 1, is understood; name the log's Ed25519 key."
      ),
      (
        .keyIDMismatch(stated: "00000000", key: key),
        "The key ID 00000000 is not that of the key a.example+0012abcd; copy the key whole."
      ),
      (
        .noKnownKey([key]),
        "None of the known keys signed this, but a.example+0012abcd; name the right key."
      ),
      (
        .malformedTile(tile, problem: "it ends within an entry"),
        "tile/0/000 can't be read, for it ends within an entry; take it anew, whole."
      ),
      (
        .malformedTilePath("tile/0/0\u{1B}"),
        "tile/0/0\u{FFFD} is no tile's path; write it as tile/0/x001/234 or tile/entries/000.p/5."
      ),
      (
        .originMismatch(found: try Origin("a"), expected: try Origin("b")),
        "The checkpoint is of the log a, not of b; take one of this log."
      ),
    ]
    for (error, text) in texts { #expect(error.description == text) }
  }
}
