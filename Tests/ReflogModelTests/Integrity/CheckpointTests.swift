import ReflogModel
import Testing

struct CheckpointTests {
  private static let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

  @Test func theCheckpointsInTheTestVectorsAreValid() throws {
    let vectors = try TransparencyVectors()
    for (size, bytes) in try vectors.checkpoints {
      let note = try SignedNote(parsing: bytes)

      let checkpoint = try Checkpoint(opening: note, of: vectors.origin, with: [vectors.verifierKey])

      #expect(checkpoint.size == size)
      #expect(checkpoint.root == (try vectors.root(ofSize: size)))
      #expect(checkpoint.text == note.text)
      #expect(try checkpoint.signed(by: [vectors.signingKey]).bytes == bytes)
    }
  }

  @Test func aCheckpointWithAFlippedBitIsRefused() throws {
    let vectors = try TransparencyVectors()
    let origin = try vectors.origin
    let key = try vectors.verifierKey
    for bytes in try vectors.checkpoints[3].note.withOneBitFlipped {
      #expect(throws: IntegrityError.self, "\(String(decoding: bytes, as: UTF8.self))") {
        try Checkpoint(opening: SignedNote(parsing: bytes), of: origin, with: [key])
      }
    }
  }

  @Test func theSignatureOfAWitnessIsIgnored() throws {
    let vectors = try TransparencyVectors()
    let text = try vectors.text("cosigned_checkpoint", in: "witness")
    let note = try SignedNote(parsing: Array(text.utf8))
    let line = try vectors.text("cosignature_line", in: "witness")

    let checkpoint = try Checkpoint(opening: note, of: vectors.origin, with: [vectors.verifierKey])

    #expect(checkpoint.size == 13)
    #expect(note.bytes == Array(text.utf8))
    #expect(note.signatures.last?.line == line)
    #expect(note.signatures.last?.key.description == "witness.example/w1+20324abe")
    // The signature of a witness has 72 bytes: a time of 8 bytes and an Ed25519 signature of 64 bytes.
    #expect(note.signatures.last?.bytes.count == 72)
    #expect(try SignedNote.Signature(line: String(line.dropLast())) == note.signatures.last)
  }

  /// The test signs the text with the witness's key, and compares the signature with the witness's signature.
  ///
  /// Ed25519 always produces the same signature for the same key and text.
  @Test func theSignatureOfTheWitnessCoversTheTimeAndTheCheckpoint() throws {
    let vectors = try TransparencyVectors()
    let line = try vectors.text("cosignature_line", in: "witness").dropLast()
    let key = try SigningKey(
      name: KeyName(vectors.text("name", in: "witness")),
      seed: vectors.bytes("seed_hex", in: "witness")
    )

    let signed = try SignedNote(text: vectors.text("signed_message", in: "witness"), signedBy: [key])

    #expect(try SignedNote.Signature(line: String(line)).bytes.suffix(64) == signed.signatures[0].bytes[...])
  }

  @Test func theRequestToAWitnessIsTheRequestInTheTestVectors() throws {
    let vectors = try TransparencyVectors()
    let proof = try #require(try vectors.consistency.first { $0.older == 7 && $0.newer == 13 }).proof
    let lines = proof.map { $0.base64 + "\n" }.joined()

    let request = Array("old 7\n\(lines)\n".utf8) + (try vectors.checkpoints[3].note)

    #expect(String(decoding: request, as: UTF8.self) == (try vectors.text("add_checkpoint_request")))
  }

  @Test func aCheckpointOfAnotherLogIsRefused() throws {
    let vectors = try TransparencyVectors()
    let note = try SignedNote(parsing: vectors.checkpoints[1].note)
    let expected = try Origin("other.example/log")

    #expect(throws: IntegrityError.originMismatch(found: try vectors.origin, expected: expected)) {
      try Checkpoint(opening: note, of: expected, with: [vectors.verifierKey])
    }
  }

  @Test func extensionLinesAreIgnored() throws {
    let checkpoint = try Checkpoint(text: "a.example\n7\n\(Self.root)\nmore\n— even this\n")

    #expect(checkpoint.text == "a.example\n7\n\(Self.root)\n")
  }

  @Test func originsAreComparedByteByByte() throws {
    let origins = try ["caf\u{E9}", "cafe\u{301}"].map { try Checkpoint(text: "\($0)\n0\n\(Self.root)\n").origin }

    #expect(origins[0] != origins[1])
  }

  @Test func theOriginOfAnotherProgramCanBeAnyLine() throws {
    #expect(try Checkpoint(text: "Go + spaces, ö\n1\n\(Self.root)\n").origin.text == "Go + spaces, ö")
  }

  @Test(arguments: [
    ("", "it has fewer than three whole lines"),
    ("\n\n\n", "it has an empty line"),
    ("a.example\n1\n", "it has fewer than three whole lines"),
    ("a.example\n1\n\(root)", "it has fewer than three whole lines"),
    ("\n1\n\(root)\n", "it has an empty line"),
    ("a.example\n1\n\(root)\n\n", "it has an empty line"),
    ("a.example\n1\n\(root)\n\nmore\n", "it has an empty line"),
    ("a.example\n1\n\(root)\nmore", "it has fewer than three whole lines"),
    ("a.example\n01\n\(root)\n", "its second line is not a decimal number without leading zeros"),
    ("a.example\n+1\n\(root)\n", "its second line is not a decimal number without leading zeros"),
    ("a.example\n-1\n\(root)\n", "its second line is not a decimal number without leading zeros"),
    ("a.example\n1 \n\(root)\n", "its second line is not a decimal number without leading zeros"),
    ("a.example\n٣\n\(root)\n", "its second line is not a decimal number without leading zeros"),
    ("a.example\n9223372036854775808\n\(root)\n", "its second line is not a decimal number without leading zeros"),
    ("a.example\n1\n\(root.dropLast())\n", "its third line is not Base 64 of 32 bytes"),
    ("a.example\n1\nAAAA\n", "its third line is not Base 64 of 32 bytes"),
    ("a.example\n1\n \(root)\n", "its third line is not Base 64 of 32 bytes"),
    (
      "a.example\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
      "its size is 0, but its root is not that of the empty tree"
    ),
  ])
  func invalidCheckpointsAreRefused(text: String, problem: String) throws {
    #expect(throws: IntegrityError.malformedCheckpoint(problem: problem)) { try Checkpoint(text: text) }
  }

  @Test(arguments: ["audit.contoso.example/b2c-userflows", "a", "a:8443/x.y_z~", String(repeating: "a", count: 255)])
  func originsOfReflogAreURLsWithoutAScheme(text: String) throws {
    let origin = try Origin(text)

    #expect(origin.text == text)
    #expect(try origin.keyName().text == text)
  }

  @Test(arguments: [
    "", "/a", "a/", "a//b", "https://a.example", "a b", "a+b", "ä.example", "a\n", "a\u{301}", ".a", "-a", "a?b", "a#b",
    "a\u{0}", String(repeating: "a", count: 256),
  ])
  func everyInvalidTextIsRefusedAsAnOrigin(text: String) {
    #expect(throws: IntegrityError.malformedOrigin(text)) { try Origin(text) }
  }
}
