import ReflogModel
import Testing

struct TokenNameTests {
  @Test(arguments: [
    ("ci", "ci"), ("  ci\t\n", "ci"), ("\u{A0}ci\u{2003}", "ci"), ("deploy prod (EU) #2", "deploy prod (EU) #2"),
    ("Größe", "Größe"), ("部署", "部署"), ("नमस्ते", "नमस्ते"), ("🚀 release", "🚀 release"),
  ])
  func aNameIsTrimmed(text: String, name: String) {
    #expect(TokenName(text)?.text == name)
  }

  @Test(arguments: [
    "", " ", "\u{A0}", "a  b", "a\u{A0}b", "a\tb", "a\nb", "a\u{0}b", "a\u{7F}b", "a\u{85}b", "a\u{2028}b",
    // Names with a character of zero width, a mark of direction, a soft hyphen, a byte order mark, a variation
    // selector, a tag, a filler or a joiner.
    "c\u{200B}i", "c\u{202E}i", "c\u{2066}i", "c\u{AD}i", "\u{FEFF}ci", "ci\u{FE0F}", "ci\u{E0041}", "c\u{3164}i",
    "c\u{115F}i", "c\u{34F}i", "c\u{2060}i",
    // Names with a replacement character, an object character, an empty Braille cell, a character for private use, an
    // unassigned character, or a mark without a letter.
    "c\u{FFFD}i", "\u{FFFC}", "\u{2800}", "c\u{E000}i", "c\u{378}i", "\u{301}ci", "ci \u{301}", "ci\u{20DD}",
    String(repeating: "a", count: 129), String(repeating: "ä", count: 65),
  ])
  func aNameWithInvisibleCharactersIsNotValid(text: String) {
    #expect(TokenName(text) == nil)
  }

  @Test(arguments: [
    ("ci", "CI"), ("Größe", "GRÖSSE".replacing("SS", with: "ß")), ("é", "e\u{301}"), ("straße", "STRAßE"),
    // Names with Cyrillic, Greek and Armenian letters that look like Latin letters.
    ("admin", "аdmin"), ("admin", "АDMIN"), ("scope", "ѕсоре"), ("BETA", "ΒΕΤΑ"), ("nova", "ոova"), ("vpn", "νpn"),
    // Names with digits, letters and pairs of letters that look alike.
    ("prod0", "prodO"), ("host1", "hostl"), ("host1", "hostI"), ("AlI", "All"), ("modern", "modem"), ("vvall", "wall"),
    // Names with full-width, mathematical, circled and Roman forms of letters.
    ("ci", "ｃｉ"), ("ci", "𝐜𝐢"), ("ci", "𝒸𝓲"), ("ci2", "ci𝟐"), ("ci", "ⓒⓘ"), ("CI", "ⅭⅠ"), ("mix", "ⅿⅰⅹ"),
    // Names with signs that look alike.
    ("ci-bot", "ci–bot"), ("ci-bot", "ci‑bot"), ("o'neil", "o’neil"), ("a/b", "a⁄b"),
  ])
  func namesThatLookAlikeCanBeConfused(name: String, other: String) throws {
    let (first, second) = (try #require(TokenName(name)), try #require(TokenName(other)))

    #expect(first.canBeConfused(with: other))
    #expect(second.canBeConfused(with: name))
  }

  @Test(arguments: [
    ("ci", "cl"), ("ci", "cd"), ("reader", "operator"), ("api", "apl"), ("ci-bot", "ci_bot"), ("a b", "ab"), ("é", "e"),
    ("first-reader", "first-reader-2"), ("вот", "бот"),
  ])
  func namesThatLookDifferentCannotBeConfused(name: String, other: String) throws {
    #expect(try !#require(TokenName(name)).canBeConfused(with: other))
  }
}
