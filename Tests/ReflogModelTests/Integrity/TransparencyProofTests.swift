import ReflogModel
import Testing

struct TransparencyProofTests {
  /// Returns the proof from the vectors, without the signature line of the witness.
  ///
  /// The line is left out because Reflog does not check the signatures of witnesses.
  private static func proof(extra: [UInt8] = []) throws -> TransparencyProof {
    let vectors = try TransparencyVectors()
    let hashes = try #require(try vectors.inclusion.first { $0.index == 5 && $0.size == 13 }).proof
    return try TransparencyProof(
      index: 5,
      hashes: hashes,
      checkpoint: SignedNote(parsing: vectors.checkpoints[3].note),
      extra: extra
    )
  }

  private static func problem(of text: String) -> String? {
    do {
      _ = try TransparencyProof(parsing: Array(text.utf8))
      return nil
    } catch {
      guard case .malformedProof(let problem) = error else { return "\(error)" }
      return problem
    }
  }

  @Test func theProofInTheTestVectorsIsValidAndIsWrittenAsItWasRead() throws {
    let vectors = try TransparencyVectors()
    let text = try vectors.text("tlog_proof_entry5_size13")

    let proof = try TransparencyProof(parsing: Array(text.utf8))
    let checkpoint = try proof.verify(leaf: vectors.leaves[5], of: vectors.origin, with: [vectors.verifierKey])

    #expect(checkpoint.size == 13)
    #expect(proof.index == 5)
    #expect(proof.hashes == (try Self.proof().hashes))
    #expect(proof.bytes == Array(text.utf8))
  }

  @Test func aProofIsValidOnlyForItsEntryAndItsLog() throws {
    let vectors = try TransparencyVectors()
    let proof = try Self.proof()
    let other = try Origin("other.example")

    #expect(throws: IntegrityError.inclusionNotProven(index: 5, size: 13)) {
      try proof.verify(leaf: vectors.leaves[4], of: vectors.origin, with: [vectors.verifierKey])
    }
    #expect(throws: IntegrityError.originMismatch(found: try vectors.origin, expected: other)) {
      try proof.verify(leaf: vectors.leaves[5], of: other, with: [vectors.verifierKey])
    }
    #expect(throws: IntegrityError.noKnownKey([try vectors.verifierKey.identity])) {
      try proof.verify(leaf: vectors.leaves[5], of: vectors.origin, with: [])
    }
  }

  @Test func aProofWithAFlippedBitIsRefused() throws {
    let vectors = try TransparencyVectors()
    let leaf = try vectors.leaves[5]
    let origin = try vectors.origin
    let key = try vectors.verifierKey
    for bytes in try Self.proof().bytes.withOneBitFlipped {
      #expect(throws: IntegrityError.self, "\(String(decoding: bytes, as: UTF8.self))") {
        try TransparencyProof(parsing: bytes).verify(leaf: leaf, of: origin, with: [key])
      }
    }
  }

  @Test func theExtraDataOfAProofIsReadAndWritten() throws {
    let extra = Array(#"{"record":1}"#.utf8)

    let bytes = try Self.proof(extra: extra).bytes
    let read = try TransparencyProof(parsing: bytes)

    #expect(bytes.starts(with: "c2sp.org/tlog-proof@v1\nextra eyJyZWNvcmQiOjF9\nindex 5\n".utf8))
    #expect(read.extra == extra)
    #expect(read.bytes == bytes)
  }

  @Test func theProofForTheOnlyEntryOfALogHasNoHashes() throws {
    let vectors = try TransparencyVectors()
    let proof = try TransparencyProof(
      index: 0,
      hashes: [],
      checkpoint: SignedNote(parsing: vectors.checkpoints[1].note)
    )

    #expect(proof.bytes.starts(with: "c2sp.org/tlog-proof@v1\nindex 0\n\naudit.example".utf8))
    try TransparencyProof(parsing: proof.bytes)
      .verify(leaf: vectors.leaves[0], of: vectors.origin, with: [vectors.verifierKey])
  }

  @Test(arguments: [
    ("", "its first line is not c2sp.org/tlog-proof@v1"),
    ("c2sp.org/tlog-proof@v1", "its first line is not c2sp.org/tlog-proof@v1"),
    ("c2sp.org/tlog-proof@v2\nindex 0\n\n", "its first line is not c2sp.org/tlog-proof@v1"),
    ("c2sp.org/tlog-proof@v1\n", "its index is missing or is not a plain decimal number"),
    ("c2sp.org/tlog-proof@v1\nindex\n\n", "its index is missing or is not a plain decimal number"),
    ("c2sp.org/tlog-proof@v1\nindex 01\n\n", "its index is missing or is not a plain decimal number"),
    ("c2sp.org/tlog-proof@v1\nindex -1\n\n", "its index is missing or is not a plain decimal number"),
    (
      "c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n",
      "its index is missing or is not a plain decimal number"
    ),
    ("c2sp.org/tlog-proof@v1\nextra AA==\nextra AA==\n", "its index is missing or is not a plain decimal number"),
    ("c2sp.org/tlog-proof@v1\nindex 0\r\n\n", "its index is missing or is not a plain decimal number"),
    ("c2sp.org/tlog-proof@v1\nextra \nindex 0\n", "its extra line is not Base 64"),
    ("c2sp.org/tlog-proof@v1\nextra AAA\nindex 0\n", "its extra line is not Base 64"),
    ("c2sp.org/tlog-proof@v1\nextra AA==", "its extra line is not Base 64"),
    ("c2sp.org/tlog-proof@v1\nindex 0\nAA==\n", "a line between index and checkpoint is not Base 64 of 32 bytes"),
    ("c2sp.org/tlog-proof@v1\nindex 0\n", "there is no empty line before its checkpoint"),
  ])
  func invalidProofsAreRefused(text: String, problem: String) {
    #expect(Self.problem(of: text) == problem)
  }

  @Test func theSizesOfAProofAreLimited() throws {
    let proof = try Self.proof()
    let hashes = [Hash](repeating: MerkleTree.emptyRoot, count: 64)
    let lines = String(repeating: MerkleTree.emptyRoot.base64 + "\n", count: 64)
    let extra = [UInt8](repeating: 0, count: TransparencyProof.maximumExtraByteCount)
    let note = proof.checkpoint

    let longest = try TransparencyProof(index: .max, hashes: hashes.dropLast(), checkpoint: note, extra: extra)
    #expect(try TransparencyProof(parsing: longest.bytes).extra == extra)
    #expect(throws: IntegrityError.malformedProof(problem: "it has more than 63 hashes")) {
      try TransparencyProof(index: 0, hashes: hashes, checkpoint: note)
    }
    #expect(Self.problem(of: "c2sp.org/tlog-proof@v1\nindex 0\n\(lines)\n") == "it has more than 63 hashes")
    #expect(throws: IntegrityError.malformedProof(problem: "its extra line has more than 1000000 bytes")) {
      try TransparencyProof(index: 0, hashes: [], checkpoint: note, extra: extra + [0])
    }
    #expect(throws: IntegrityError.malformedProof(problem: "its index is negative")) {
      try TransparencyProof(index: -1, hashes: [], checkpoint: note)
    }
    let tooLong = String(repeating: "a", count: TransparencyProof.maximumByteCount + 1)
    #expect(Self.problem(of: tooLong) == "it has more than \(TransparencyProof.maximumByteCount) bytes")
  }
}
