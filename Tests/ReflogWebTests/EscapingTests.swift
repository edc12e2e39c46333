import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests of hostile texts that could break out of an HTML element, reverse a line, or cover other lines.
struct EscapingTests {
  @Test(arguments: [
    ("Fraud check", "Fraud check"),
    ("Grüße, 世界", "Grüße, 世界"),
    ("a & b", "a &amp; b"),
    ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    (#"" onfocus="x"#, "&quot; onfocus=&quot;x"),
    ("it's", "it&#39;s"),
    ("&lt;", "&amp;lt;"),
  ])
  func markupIsEscaped(text: String, escaped: String) {
    #expect(EscapedHTML().escapeText(text) == escaped)
  }

  @Test func aCombiningMarkDoesNotHideAQuote() {
    let text = "\"\u{0338}onfocus=\"x"

    let escaped = EscapedHTML().escapeText(text)

    #expect(Array(escaped.unicodeScalars) == Array("&quot;\u{0338}onfocus=&quot;x".unicodeScalars))
  }

  @Test(arguments: ["\u{061C}", "\u{200E}", "\u{200F}", "\u{202A}", "\u{202E}", "\u{2066}", "\u{2069}"])
  func aScalarThatReversesTheOrderOfALineIsReplaced(scalar: String) {
    #expect(EscapedHTML().escapeText("a\(scalar)b") == "a\u{FFFD}b")
  }

  @Test(arguments: [
    "\u{0}", "\u{7}", "\u{1B}", "\u{7F}", "\u{85}", "\u{9B}", "\u{AD}", "\u{200B}", "\u{2028}", "\u{2029}", "\u{2060}",
    "\u{3164}", "\u{FEFF}", "\u{E0041}",
  ])
  func anInvisibleScalarIsReplaced(scalar: String) {
    #expect(EscapedHTML().escapeText("a\(scalar)b") == "a\u{FFFD}b")
  }

  @Test(arguments: ["a\nb", "a\r\nb", "a\tb", "a\u{200C}b", "a\u{200D}b", "\u{2764}\u{FE0F}", "Grüße, 世界"])
  func whiteSpaceJoinersAndOtherLettersAreKept(text: String) {
    #expect(Array(EscapedHTML().escapeText(text).unicodeScalars) == Array(text.unicodeScalars))
  }

  @Test func aLetterKeepsFourMarks() {
    let text = "b" + String(repeating: "\u{0301}", count: 4)

    #expect(Array(EscapedHTML().escapeText(text).unicodeScalars) == Array(text.unicodeScalars))
  }

  @Test func furtherMarksOnALetterAreReplacedByOneCharacter() {
    let escaped = EscapedHTML().escapeText("b" + String(repeating: "\u{0301}", count: 300) + "c")

    let expected = "b" + String(repeating: "\u{0301}", count: 4) + "\u{FFFD}" + "c"
    #expect(Array(escaped.unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test func theMarksAreCountedSeparatelyForEachLetter() {
    let text = "b" + String(repeating: "\u{0301}", count: 4) + "\u{00E9}" + String(repeating: "\u{0302}", count: 4)

    #expect(Array(EscapedHTML().escapeText(text).unicodeScalars) == Array(text.unicodeScalars))
  }

  @Test func aJoinerDoesNotRestartTheCountOfMarks() {
    var marks = CombiningMarks()
    let scalars: [Unicode.Scalar] = ["a", "\u{0301}", "\u{0301}", "\u{200D}", "\u{0301}", "\u{0301}", "\u{0301}"]

    let shown = scalars.map { Array(marks.shown($0)) }

    #expect(shown == [["a"], ["\u{0301}"], ["\u{0301}"], ["\u{200D}"], ["\u{0301}"], ["\u{0301}"], ["\u{FFFD}"]])
  }

  @Test(arguments: [
    ("abc", 3, "abc"),
    ("abcd", 3, "abc…"),
    // A quote becomes `&quot;` on a page, so a quote needs six bytes. The limit of three scalars allows six bytes, so
    // only one quote fits.
    ("\"\"\"", 3, "\"…"),
    ("", 3, ""),
  ])
  func aTextIsLimitedInScalarsAndInBytes(text: String, count: Int, shortened: String) {
    #expect(text.shortened(to: count) == shortened)
  }

  @Test func aCharacterWithManyScalarsIsCut() {
    let text = "a" + String(repeating: "\u{0301}", count: 50)

    #expect(text.shortened(to: 10).unicodeScalars.count == 11)
  }

  @Test func aPageShowsHostileMarkupAsText() {
    let hostile = "<img src=x onerror=alert(1)>\"\u{0338}'"
    let change = Sample.change(1, .none, Sample.connector("c1", hostile), reason: hostile)

    let html = ChangeDetailPage(
      ChangeInContext(change),
      chain: [ChangeInContext(change)],
      rollback: nil,
      tenantID: "tenant-1",
      isSigned: false,
      canRollBack: false
    ).render(in: Sample.frame)

    #expect(!html.contains("<img"))
    // In Swift, the `;` of `&quot;` and the mark that follows are one character. So the expected text ends in front of
    // the `;`.
    #expect(html.contains("&lt;img src=x onerror=alert(1)&gt;&quot"))
  }
}
