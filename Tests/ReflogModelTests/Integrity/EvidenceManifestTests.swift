import ReflogModel
import Testing

/// Tests the signed manifest of a pack for auditors.
struct EvidenceManifestTests {
  private static func key(_ seed: UInt8) throws -> SigningKey {
    try SigningKey(name: KeyName("audit.example/reflog"), seed: Array(repeating: seed, count: 32))
  }

  private static func manifest(_ names: [String] = ["changes.csv", "README.txt"]) throws -> EvidenceManifest {
    EvidenceManifest(
      origin: try Origin("audit.example/reflog"),
      period: try Period("2026-Q3"),
      flow: "B2C_1_signup",
      files: names.map { name in
        EvidenceManifest.File(
          name: name,
          format: name.hasSuffix(".csv") ? .csv : .text,
          byteCount: 7,
          sha256: Hash(of: []),
          rows: name.hasSuffix(".csv") ? 1 : nil,
          rowsSHA256: name.hasSuffix(".csv") ? Hash(of: []) : nil
        )
      },
      checkpoint: "audit.example/reflog\n1\nAAAA\n",
      taken: Timestamp(microseconds: 0)
    )
  }

  @Test func aSignedManifestIsReadAgain() throws {
    let keys = [try Self.key(1), try Self.key(2)]
    let note = try Self.manifest().signed(by: keys)

    let read = try EvidenceManifest(text: note.text)

    try note.verify(with: [keys[1].verifierKey])
    #expect(read.keys == keys.map(\.verifierKey.text))
    #expect(read.files == (try Self.manifest().files))
    #expect(read.period == (try Period("2026-Q3")))
    #expect(read.flow == "B2C_1_signup")
    #expect(read.checkpoint == "audit.example/reflog\n1\nAAAA\n")
  }

  @Test func theTextIsOneLineOfCanonicalJSON() throws {
    let hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    #expect(
      try Self.manifest(["changes.csv"]).text() == """
        {"checkpoint":"audit.example/reflog\\n1\\nAAAA\\n","createdDateTime":"1970-01-01T00:00:00.000000Z","files":\
        [{"bytes":7,"format":"csv","name":"changes.csv","rows":1,"rowsSha256":"\(hash)","sha256":"\(hash)"}],"flow":\
        "B2C_1_signup","keys":[],"manifest":"reflog evidence 1","origin":"audit.example/reflog","period":\
        {"from":"2026-07-01T00:00:00.000000Z","name":"2026-Q3","until":"2026-10-01T00:00:00.000000Z"}}

        """
    )
  }

  @Test(arguments: [
    "{}\n", "[]\n", "no JSON\n", #"{"manifest":"reflog export 1"}"# + "\n",
  ])
  func anyOtherTextIsRefused(_ text: String) {
    #expect(throws: IntegrityError.malformedNote(problem: "it is not the manifest of a pack")) {
      try EvidenceManifest(text: text)
    }
  }

  @Test func aNameThatIsListedTwiceIsRefused() throws {
    let text = try Self.manifest(["changes.csv", "changes.csv"]).text()
    #expect(throws: IntegrityError.malformedNote(problem: "it is not the manifest of a pack")) {
      try EvidenceManifest(text: text)
    }
  }

  @Test func theHashOverRowsIsTheHashOfTheirHashes() {
    var rows = RowHashes()
    let first = rows.add(Array("1,a".utf8)[...])
    let second = rows.add(Array("2,b".utf8)[...])

    #expect(first == Hash(of: Array("1,a".utf8)))
    #expect(rows.hash() == Hash(of: first.bytes + second.bytes))
    #expect(rows.count == 2)
  }
}
