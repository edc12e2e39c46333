import ReflogModel
import Testing

/// Tests of the exact text of every error about canonical bytes, the Merkle tree, keys, signatures and the log.
struct IntegrityMessageTests {
  private static func key(_ number: UInt32 = 0x0012_ABCD) throws -> KeyIdentity {
    KeyIdentity(name: try KeyName("a.example"), number: number)
  }

  private func expect(_ texts: [(IntegrityError, String)]) {
    for (error, text) in texts { #expect(error.description == text) }
  }

  @Test func errorsAboutCanonicalBytesHaveTheirTexts() {
    expect([
      (
        .noWholeNumber("1.5"),
        "1.5 is not a whole number from -(2^53 - 1) to 2^53 - 1 in its shortest form. Record it as text."
      ),
      (.duplicateMember(name: "a"), "The member a occurs twice in one object. Write it only once."),
      (.nestedTooDeep, "Values are nested deeper than 64 levels. Record a value with fewer levels."),
    ])
  }

  @Test func errorsAboutTheTreeHaveTheirTexts() {
    expect([
      (
        .leafOutsideTree(index: 5, size: 5),
        "A log of 5 entries has no entry 5. Use a checkpoint that is newer than the entry."
      ),
      (
        .treeOutsideTree(older: 6, newer: 5),
        "A log of 5 entries can't begin with 6 entries. Give the smaller size first."
      ),
      (
        .frontierMismatch(size: 5, hashCount: 3),
        "3 hashes can't be the right edge of a tree of 5 entries. Compute it again from the entries."
      ),
      (
        .inclusionNotProven(index: 4, size: 5),
        "The proof does not show that this is entry 4 of the log of 5 entries. The entry, the proof or the checkpoint "
          + "was changed. Keep all three as evidence and get new copies."
      ),
      (
        .consistencyNotProven(older: 4, newer: 5),
        "The proof does not show that the log of 5 entries begins with the log of 4 entries. History may have been "
          + "rewritten between the two checkpoints. Keep both as evidence."
      ),
    ])
  }

  @Test func errorsAboutKeysHaveTheirTexts() throws {
    let key = try Self.key()
    expect([
      (
        .malformedKeyName("a b"),
        "\"a b\" is not a valid name of a key. Give a name without white space, plus signs and control characters."
      ),
      (
        .malformedVerifierKey(problem: "its public key has 31 bytes instead of 32"),
        "The public key can't be read: its public key has 31 bytes instead of 32. Copy the whole key."
      ),
      (
        .malformedSigningKey(problem: "its seed has 31 bytes instead of 32"),
        "The signing key can't be read: its seed has 31 bytes instead of 32. Restore its file."
      ),
      (
        .unsupportedKey(type: 4),
        "The key is of kind 4, but only Ed25519, kind 1, is supported. Give the log's Ed25519 key."
      ),
      (
        .keyIDMismatch(stated: "00000000", key: key),
        "The key ID 00000000 does not belong to the key a.example+0012abcd. Copy the whole key."
      ),
      (.signingFailed(key: key), "The key a.example+0012abcd could not sign. Restore its file."),
    ])
  }

  @Test func errorsAboutSignaturesHaveTheirTexts() throws {
    let key = try Self.key()
    expect([
      (
        .malformedNote(problem: "it has no signature"),
        "The signed note can't be read: it has no signature. Get a new copy of the whole note."
      ),
      (
        .badSignature(key: key),
        "The signature that claims to be from a.example+0012abcd does not match this text. The text or the signature "
          + "was changed. Do not trust them."
      ),
      (
        .noKnownKey([key]),
        "None of the known keys signed this note. Its signatures claim to be from a.example+0012abcd. Use the right "
          + "key."
      ),
      (
        .noKnownKey([key, try Self.key(1)]),
        "None of the known keys signed this note. Its signatures claim to be from a.example+0012abcd, "
          + "a.example+00000001. Use the right key."
      ),
    ])
  }

  @Test func errorsAboutTheLogHaveTheirTexts() throws {
    expect([
      (
        .malformedOrigin("https://a.example"),
        "\"https://a.example\" is not a valid name of a log. Give a URL without its scheme, such as "
          + "audit.contoso.example/b2c-userflows."
      ),
      (
        .malformedCheckpoint(problem: "it has an empty line"),
        "The checkpoint can't be read: it has an empty line. Get a new copy of the whole checkpoint."
      ),
      (
        .originMismatch(found: try Origin("a"), expected: try Origin("b")),
        "The checkpoint belongs to the log a, not to b. Use a checkpoint of b."
      ),
      (
        .malformedTilePath("tile/0/0"),
        "tile/0/0 is not the path of a tile. Use a path such as tile/0/x001/234 or tile/entries/000.p/5."
      ),
      (
        .malformedBundle(problem: "it has more than 256 entries"),
        "The entries can't form a bundle: it has more than 256 entries. Divide them as the log's tiles do."
      ),
      (
        .malformedProof(problem: "its index is negative"),
        "The proof can't be read: its index is negative. Get a new copy of the whole proof."
      ),
    ])
  }

  @Test(arguments: [
    IntegrityError.noWholeNumber("1\u{1B}"), .duplicateMember(name: "1\u{1B}"), .malformedKeyName("1\u{1B}"),
    .malformedOrigin("1\u{1B}"), .malformedTilePath("1\u{1B}"),
  ])
  func quotedTextHasNoControlCharacters(error: IntegrityError) {
    #expect(error.description.contains("1\u{FFFD}"))
    #expect(!error.description.contains("\u{1B}"))
  }

  @Test func problemsOfPublicKeysHaveTheirTexts() {
    let form = "it does not have the form name+id+base64"
    #expect(throws: IntegrityError.malformedVerifierKey(problem: form)) { try VerifierKey("a+530d903a") }
    #expect(throws: IntegrityError.malformedVerifierKey(problem: "its public key has 0 bytes instead of 32")) {
      try VerifierKey("a+530d903a+AQ==")
    }
  }

  @Test func problemsOfSigningKeysHaveTheirTexts() {
    let form = "it does not have the form PRIVATE+KEY+name+id+base64"
    #expect(throws: IntegrityError.malformedSigningKey(problem: form)) { try SigningKey(secretText: "PRIVATE+KEY+a") }
    #expect(throws: IntegrityError.malformedSigningKey(problem: "its seed has 0 bytes instead of 32")) {
      try SigningKey(secretText: "PRIVATE+KEY+a+530d903a+AQ==")
    }
  }

  @Test func problemsOfNotesHaveTheirTexts() throws {
    let key = try SigningKey(name: KeyName("a.example"), seed: [UInt8](repeating: 1, count: 32))
    #expect(throws: IntegrityError.malformedNote(problem: "its text does not end with a newline")) {
      try SignedNote(text: "text", signedBy: [key])
    }
    #expect(throws: IntegrityError.malformedNote(problem: "it is not the manifest of an export")) {
      try ExportManifest(text: "text\n")
    }
  }
}
