import ReflogModel
import Testing

struct SignedNoteTests {
  /// The example of the specification (C2SP signed-note).
  private static let example = """
    This is an example message.

    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

    """
  private static let exampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

  /// A note with two signatures, from the documentation of Go's `sumdb/note`.
  private static let goExample = """
    If you think cryptography is the answer to your problem,
    then you don't know what your problem is.

    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
    — EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=

    """
  private static let neumann = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
  private static let neumannKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
  private static let rootKey = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"

  private static let signatureLine = "— a.example AAAAAAA=\n"

  private static func problem(of text: String) -> String? {
    do {
      _ = try SignedNote(parsing: Array(text.utf8))
      return nil
    } catch {
      guard case .malformedNote(let problem) = error else { return "\(error)" }
      return problem
    }
  }

  private static func key(_ name: String, _ byte: UInt8) throws -> SigningKey {
    try SigningKey(name: KeyName(name), seed: [UInt8](repeating: byte, count: SigningKey.seedByteCount))
  }

  @Test func theExampleInTheSpecificationIsValid() throws {
    let note = try SignedNote(parsing: Array(Self.example.utf8))

    #expect(note.text == "This is an example message.\n")
    #expect(note.signatures.map(\.key.description) == ["example.com/foo+530d903a"])
    #expect(note.bytes == Array(Self.example.utf8))
    try note.verify(with: [VerifierKey(Self.exampleKey)])
  }

  @Test func theExamplesFromGoAreValid() throws {
    let note = try SignedNote(parsing: Array(Self.goExample.utf8))

    try note.verify(with: [VerifierKey(Self.neumannKey), VerifierKey(Self.rootKey)])
    try note.verify(with: [VerifierKey(Self.rootKey)])
    #expect(note.bytes == Array(Self.goExample.utf8))
  }

  @Test func aTextHasTheSameSignatureAsInGo() throws {
    let note = try SignedNote(parsing: Array(Self.goExample.utf8))

    let signed = try SignedNote(text: note.text, signedBy: [SigningKey(secretText: Self.neumann)])

    #expect(signed.signatures == [note.signatures[0]])
  }

  @Test func aNoteWithAFlippedBitIsRefused() throws {
    let key = try VerifierKey(Self.exampleKey)
    for bytes in Array(Self.example.utf8).withOneBitFlipped {
      #expect(throws: IntegrityError.self, "\(String(decoding: bytes, as: UTF8.self))") {
        try SignedNote(parsing: bytes).verify(with: [key])
      }
    }
  }

  @Test func severalKeysCanSignOneNote() throws {
    let keys = try [Self.key("a.example", 1), Self.key("a.example", 2), Self.key("b.example", 3)]

    let note = try SignedNote(text: "text\n", signedBy: keys)

    #expect(note.signatures.count == 3)
    for key in keys { try note.verify(with: [key.verifierKey]) }
    #expect(note.signers(among: keys.map(\.verifierKey)).good == keys.map(\.verifierKey.identity))
  }

  @Test func signaturesOfUnknownKeysAreIgnored() throws {
    let known = try Self.key("a.example", 1)
    let sameName = try Self.key("a.example", 2)
    let note = try SignedNote(text: "text\n", signedBy: [sameName, known])

    try note.verify(with: [known.verifierKey])

    let foreign = try SignedNote(text: "text\n", signedBy: [sameName])
    #expect(throws: IntegrityError.noKnownKey([sameName.verifierKey.identity])) {
      try foreign.verify(with: [known.verifierKey])
    }
    #expect(throws: IntegrityError.noKnownKey([sameName.verifierKey.identity])) { try foreign.verify(with: []) }
  }

  @Test func aNoteWithAFalseSignatureByAKnownKeyIsRefused() throws {
    let good = try Self.key("a.example", 1)
    let other = try Self.key("b.example", 2)
    let foreign = try SignedNote(text: "another text\n", signedBy: [other])
    let right = try SignedNote(text: "text\n", signedBy: [good])
    let note = try SignedNote(text: "text\n", signatures: right.signatures + foreign.signatures)

    #expect(throws: IntegrityError.badSignature(key: other.verifierKey.identity)) {
      try note.verify(with: [good.verifierKey, other.verifierKey])
    }
    try note.verify(with: [good.verifierKey])
  }

  @Test func aShortSignatureByAKnownKeyIsFalse() throws {
    let key = try Self.key("a.example", 1)
    let line = try #require(SignedNote(text: "text\n", signedBy: [key]).signatures.first).line
    let cut = line.prefix(line.count - 10)
    let note = try SignedNote(parsing: Array("text\n\n\(cut)=\n".replacing("==", with: "=").utf8))

    #expect(throws: IntegrityError.badSignature(key: key.verifierKey.identity)) {
      try note.verify(with: [key.verifierKey])
    }
  }

  @Test func theTextEndsAtTheLastBlankLine() throws {
    let key = try Self.key("a.example", 1)
    let text = "\none\n\n— a.example AAAAAAA=\n\n\n"

    let note = try SignedNote(text: text, signedBy: [key])
    let read = try SignedNote(parsing: note.bytes)

    #expect(read.text == text)
    try read.verify(with: [key.verifierKey])
  }

  @Test func aNoteHasAtMostAHundredSignatures() throws {
    let lines = { (count: Int) in "text\n\n" + String(repeating: Self.signatureLine, count: count) }

    #expect(try SignedNote(parsing: Array(lines(16).utf8)).signatures.count == 16)
    #expect(try SignedNote(parsing: Array(lines(100).utf8)).signatures.count == SignedNote.maximumSignatureCount)
    #expect(Self.problem(of: lines(101)) == "it has more than 100 signatures")
  }

  @Test func sixteenSignaturesWithTheMaximumLengthAreAccepted() throws {
    let key = try Self.key("a.example", 1)
    let own = try #require(SignedNote(text: "text\n", signedBy: [key]).signatures.first)
    let longest = "— w.example \(String(repeating: "AAAA", count: 1_700))\n"

    let note = try SignedNote(parsing: Array(("text\n\n" + String(repeating: longest, count: 16) + own.line).utf8))

    try note.verify(with: [key.verifierKey])
  }

  @Test func theSizeOfANoteIsLimited() throws {
    let rest = "\n\n" + Self.signatureLine
    let text = { String(repeating: "a", count: SignedNote.maximumByteCount - rest.utf8.count + $0) + rest }

    #expect(Self.problem(of: text(0)) == nil)
    #expect(Self.problem(of: text(1)) == "it has more than 1000000 bytes")
    #expect(throws: IntegrityError.malformedNote(problem: "it has more than 1000000 bytes")) {
      let long = String(repeating: "a", count: SignedNote.maximumByteCount) + "\n"
      return try SignedNote(text: long, signedBy: [Self.key("a.example", 1)])
    }
  }

  @Test(arguments: [
    ("", "it does not end with a newline"),
    ("text\n\n— a.example AAAAAAA=", "it does not end with a newline"),
    ("text", "it does not end with a newline"),
    ("\n", "there is no blank line between its text and its signatures"),
    ("text\n— a.example AAAAAAA=\n", "there is no blank line between its text and its signatures"),
    ("text\n\n", "a signature's line does not begin with an em dash and a space"),
    ("text\n\n\n", "a signature's line does not begin with an em dash and a space"),
    ("\n\n", "a signature's line does not begin with an em dash and a space"),
    ("text\n\n- a.example AAAAAAA=\n", "a signature's line does not begin with an em dash and a space"),
    ("text\n\n—a.example AAAAAAA=\n", "a signature's line does not begin with an em dash and a space"),
    ("text\n\n— a.example AAAAAAA=\nx\n", "a signature's line does not begin with an em dash and a space"),
    ("text\n\n— a.example\n", "a signature's line does not end with the Base 64 of a key ID and a signature"),
    ("text\n\n— a.example \n", "a signature's line does not end with the Base 64 of a key ID and a signature"),
    ("text\n\n— a.example AAAAAA==\n", "a signature's line does not end with the Base 64 of a key ID and a signature"),
    ("text\n\n— a.example AAAAAAA\n", "a signature's line does not end with the Base 64 of a key ID and a signature"),
    ("text\n\n— a.example AAAAAAB=\n", "a signature's line does not end with the Base 64 of a key ID and a signature"),
    ("text\n\n— a.example AAAAAAA= \n", "a signature's line does not end with the Base 64 of a key ID and a signature"),
    ("text\n\n— a example AAAAAAA=\n", "a signature's line does not end with the Base 64 of a key ID and a signature"),
    ("text\r\n\n— a.example AAAAAAA=\n", "it contains a control character"),
    ("te\txt\n\n— a.example AAAAAAA=\n", "it contains a control character"),
    ("text\u{0}\n\n— a.example AAAAAAA=\n", "it contains a control character"),
    ("text\n\n— a.example AAAAAAA=\r\n", "it contains a control character"),
  ])
  func invalidNotesAreRefused(text: String, problem: String) {
    #expect(Self.problem(of: text) == problem)
  }

  @Test(arguments: ["", "a+b", "a\u{A0}b", "a\u{2003}b"])
  func aSignatureWithAnInvalidKeyNameIsRefused(name: String) {
    #expect(throws: IntegrityError.malformedKeyName(name)) {
      try SignedNote(parsing: Array("text\n\n— \(name) AAAAAAA=\n".utf8))
    }
  }

  @Test func notesThatAreNotUTF8AreRefused() {
    for bytes: [UInt8] in [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80]] {
      #expect(throws: IntegrityError.malformedNote(problem: "it is not valid UTF-8")) {
        try SignedNote(parsing: bytes + Array("\n\n— a.example AAAAAAA=\n".utf8))
      }
    }
  }

  @Test(arguments: ["", "text", "te\rxt\n", "te\txt\n"])
  func reflogRefusesToSignAnInvalidNote(text: String) throws {
    let key = try Self.key("a.example", 1)

    #expect(throws: IntegrityError.self) { try SignedNote(text: text, signedBy: [key]) }
    #expect(throws: IntegrityError.malformedNote(problem: "it has no signature")) {
      try SignedNote(text: "text\n", signedBy: [])
    }
  }
}
