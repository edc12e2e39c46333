import ReflogModel
import Testing

struct KeyTests {
  /// A signing key from the documentation of Go's `sumdb/note`.
  private static let neumann = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
  private static let neumannVerifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

  @Test func theKeyInTheTestVectorsIsMadeFromItsSeed() throws {
    let vectors = try TransparencyVectors()
    let key = try vectors.signingKey.verifierKey

    #expect(key.text == (try vectors.text("vkey")))
    #expect(key == (try vectors.verifierKey))
    #expect(Hash(bytes: key.publicKey)?.hexadecimal == (try vectors.text("public_key_hex")))
    #expect(String(key.identity.number, radix: 16) == (try vectors.text("key_id_hex")))
    #expect("\(key.identity)" == "audit.example/b2c-userflows+b5efd492")
  }

  @Test func aSigningKeyIsReadAndWrittenInTheFormatThatGoUses() throws {
    let key = try SigningKey(secretText: Self.neumann)

    #expect(key.secretText == Self.neumann)
    #expect(key.verifierKey.text == Self.neumannVerifier)
  }

  @Test func theBitsOfANewKeyAreReadFromTheRandomGenerator() throws {
    struct Counter: RandomNumberGenerator {
      var drawn: UInt64 = 0
      mutating func next() -> UInt64 {
        drawn += 1
        return drawn << 56 | drawn
      }
    }
    var generator = Counter()

    let key = try SigningKey(name: KeyName("a.example"), using: &generator)
    let next = try SigningKey(name: KeyName("a.example"), using: &generator)

    #expect(generator.drawn == 64)
    #expect(key.verifierKey != next.verifierKey)
    #expect(try SigningKey(secretText: key.secretText).verifierKey == key.verifierKey)
  }

  @Test func theDescriptionOfASigningKeyContainsNoSecret() throws {
    let key = try SigningKey(secretText: Self.neumann)
    var dumped = ""
    dump(key, to: &dumped)

    for shown in ["\(key)", String(reflecting: key), dumped] {
      #expect(shown.contains("c74f20a3"))
      #expect(!shown.contains("AYEKFAL"))
      #expect(!shown.contains("PRIVATE"))
    }
  }

  @Test func aPublicKeyWithAFlippedBitIsRefused() throws {
    for text in Array(Self.neumannVerifier.utf8).withOneBitFlipped {
      guard let text = String(validating: text, as: UTF8.self) else { continue }
      #expect(throws: IntegrityError.self, "\(text)") { try VerifierKey(text) }
    }
  }

  @Test func aSigningKeyWithAFlippedBitIsRefusedAndNotQuoted() throws {
    for text in Array(Self.neumann.utf8).withOneBitFlipped {
      guard let text = String(validating: text, as: UTF8.self) else { continue }
      let error = try #require(throws: IntegrityError.self, "\(text)") { try SigningKey(secretText: text) }
      #expect(!"\(error)".contains("hfZx09iUvxdX"))
    }
  }

  @Test func aWitnessKeyIsRefusedBecauseItsKindIsUnsupported() throws {
    let text = try TransparencyVectors().text("vkey", in: "witness")

    #expect(throws: IntegrityError.unsupportedKey(type: 4)) { try VerifierKey(text) }
  }

  @Test(arguments: [
    "", "+", "++", "a+530d903a", "a+530d903a+", "a+530d903a+AQ==",
    "a+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
    " example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
  ])
  func invalidPublicKeysAreRefused(text: String) {
    #expect(throws: IntegrityError.self) { try VerifierKey(text) }
  }

  @Test(arguments: ["", "a b", "a+b", "a\tb", "a\u{A0}b", "a\u{2028}", "\u{3000}", "a\r\nb", "a\u{1}"])
  func aNameHasNoWhiteSpaceAndNoPlus(text: String) {
    #expect(throws: IntegrityError.malformedKeyName(text)) { try KeyName(text) }
  }

  @Test func theNamesOfKeysAreComparedByteByByte() throws {
    #expect(try KeyName("caf\u{E9}") != KeyName("cafe\u{301}"))
    #expect(try KeyName("a.example") == KeyName("a.example"))
  }

  @Test func aSeedHasExactlyThirtyTwoBytes() {
    #expect(throws: IntegrityError.malformedSigningKey(problem: "its seed has 31 bytes instead of 32")) {
      try SigningKey(name: KeyName("a"), seed: [UInt8](repeating: 1, count: 31))
    }
  }
}
