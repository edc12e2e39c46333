import ReflogModel
import Testing

/// Tests of texts that other programs, often on Windows, have written.
struct TextEncodingTests {
  @Test(arguments: [
    ([], ""), (Array("a".utf8), "a"), ([0xEF, 0xBB, 0xBF], ""),
    ([0xEF, 0xBB, 0xBF] + Array("a\r\nb\r\n".utf8), "a\nb\n"),
    (Array("a\nb".utf8), "a\nb"), (Array("ä".utf8), "ä"),
  ])
  func aByteOrderMarkAndCarriageReturnsAreRemoved(bytes: [UInt8], text: String) throws {
    #expect(try TextEncoding.text(bytes) == text)
  }

  @Test(arguments: [
    ([0xFF, 0xFE, 0x61, 0], TextEncodingError.utf16), ([0xFE, 0xFF, 0, 0x61], .utf16), ([0xFF, 0xFE], .utf16),
    ([0x61, 0, 0x62, 0], .utf16), ([0, 0x61, 0, 0x62], .utf16), ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], .utf32),
    ([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x61], .utf32), ([0xE4, 0x61], .notUTF8), ([0x61, 0xC0, 0xAF], .notUTF8),
  ])
  func theErrorIdentifiesEveryOtherEncoding(bytes: [UInt8], error: TextEncodingError) {
    #expect(throws: error) { try TextEncoding.text(bytes) }
  }

  @Test(arguments: [
    ("token", "token"), ("token\r", "token"), ("token\r\n", "token"), ("token\n\n", "token"),
    ("\u{FEFF}token", "token"),
    ("\r", ""), (" token ", " token "), ("to\rken", "to\rken"),
  ])
  func theLineBreakAtTheEndOfAValueIsRemoved(text: String, value: String) {
    #expect(TextEncoding.value(text) == value)
  }

  @Test func everyErrorHasItsText() {
    #expect(TextEncodingError.utf16.description == "it is UTF-16 text; save it as UTF-8")
    #expect(TextEncodingError.utf32.description == "it is UTF-32 text; save it as UTF-8")
    #expect(TextEncodingError.notUTF8.description == "it is not UTF-8 text")
  }
}
