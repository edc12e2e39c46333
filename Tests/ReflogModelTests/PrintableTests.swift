import ReflogModel
import Testing

/// Tests that texts from other programs and people are safe on a terminal and in a log.
struct PrintableTests {
  /// Scalars that control a device, the layout or the direction of text, or that are invisible.
  static let hidden: [Unicode.Scalar] =
    (0x00...0x1F).compactMap(Unicode.Scalar.init) + (0x7F...0x9F).compactMap(Unicode.Scalar.init)
    + [
      "\u{AD}", "\u{34F}", "\u{61C}", "\u{115F}", "\u{180E}", "\u{200B}", "\u{200C}", "\u{200D}", "\u{200E}",
      "\u{200F}",
      "\u{2028}", "\u{2029}", "\u{202A}", "\u{202B}", "\u{202C}", "\u{202D}", "\u{202E}", "\u{2060}", "\u{2066}",
      "\u{2067}", "\u{2068}", "\u{2069}", "\u{3164}", "\u{FEFF}", "\u{FFA0}", "\u{FFF9}", "\u{E0001}", "\u{E0041}",
    ]

  @Test func everyInvisibleScalarIsReplaced() {
    for scalar in Self.hidden {
      #expect("a\(scalar)b".printable == "a\u{FFFD}b", "U+\(String(scalar.value, radix: 16))")
    }
  }

  @Test(arguments: ["", "plain ~", "Grüße", "世界", "e\u{301}", "\u{2764}\u{FE0F}", "🔁", "日\u{E0100}"])
  func visibleTextIsNotChanged(text: String) {
    #expect(Array(text.printable.unicodeScalars) == Array(text.unicodeScalars))
  }

  /// Sequences of emoji that are shown as one picture (Unicode Technical Standard 51).
  static let pictures = [
    "👩\u{200D}🚀", "👨\u{200D}👩\u{200D}👧\u{200D}👦", "👩\u{1F3FD}\u{200D}🚀", "🏳\u{FE0F}\u{200D}🌈",
    "❤\u{FE0F}\u{200D}🔥", "🧔\u{200D}♂\u{FE0F}", "🏴\u{200D}☠\u{FE0F}",
  ]

  @Test(arguments: pictures)
  func aJoinerBetweenTwoEmojiIsKept(picture: String) {
    #expect(Array("a\(picture)b".printable.unicodeScalars) == Array("a\(picture)b".unicodeScalars))
    #expect(picture.printableLines == picture)
  }

  @Test(arguments: [
    ("👩\u{200D}", "👩\u{FFFD}"), ("\u{200D}🚀", "\u{FFFD}🚀"), ("👩\u{200D}b", "👩\u{FFFD}b"),
    ("a\u{200D}🚀", "a\u{FFFD}🚀"), ("👩\u{200D}\u{200D}🚀", "👩\u{FFFD}\u{FFFD}🚀"), ("1\u{200D}2", "1\u{FFFD}2"),
    ("\u{FE0F}\u{200D}🚀", "\u{FE0F}\u{FFFD}🚀"), ("👩\u{200C}🚀", "👩\u{FFFD}🚀"), ("👩\u{202E}🚀", "👩\u{FFFD}🚀"),
    ("👩 \u{200D}🚀", "👩 \u{FFFD}🚀"), ("क\u{94D}\u{200D}ष", "क\u{94D}\u{FFFD}ष"),
  ])
  func aJoinerThatIsNotBetweenTwoEmojiIsReplaced(text: String, shown: String) {
    #expect(Array(text.printable.unicodeScalars) == Array(shown.unicodeScalars))
  }

  @Test(arguments: [
    ("a\u{1B}[2Jb", "a\u{FFFD}[2Jb"), ("a\u{1B}]0;title\u{7}b", "a\u{FFFD}]0;title\u{FFFD}b"), ("a\nb", "a\u{FFFD}b"),
    ("a\r\nb", "a\u{FFFD}\u{FFFD}b"), ("a\tb", "a\u{FFFD}b"),
  ])
  func aPrintableTextHasOneLine(text: String, shown: String) {
    #expect(text.printable == shown)
  }

  @Test(arguments: [
    ("a\n\tb", "a\n\tb"), ("a\r\nb", "a\nb"), ("a\rb", "a\u{FFFD}b"), ("a\u{1B}b", "a\u{FFFD}b"),
    ("a\u{9B}b", "a\u{FFFD}b"),
  ])
  func printableLinesContainTheLineFeedsAndTabsOfTheText(text: String, shown: String) {
    #expect(text.printableLines == shown)
  }

  @Test func theNumberOfMarksOnALetterIsLimited() {
    let text = "b" + String(repeating: "\u{301}", count: 300)

    #expect(text.printable.unicodeScalars.count == 6)
  }

  @Test(arguments: [("abc", 3, "abc"), ("abcd", 3, "abc…"), ("", 0, ""), ("äöü", 3, "äöü"), ("äöüß", 3, "äöü…")])
  func aTextIsCutAtTheMaximumLength(text: String, count: Int, limited: String) {
    #expect(text.limited(to: count) == limited)
  }

  @Test(arguments: [
    ("applied", "applied"), ("b2cUserFlows/B2C_1_a/step", "b2cUserFlows/B2C_1_a/step"), ("", #""""#),
    ("two words", #""two words""#), ("x checkpoint=forged", #""x checkpoint=forged""#),
    (#"x" checkpoint="forged"#, #""x' checkpoint='forged""#), ("a\nb", "a\u{FFFD}b"), ("[x]", #""[x]""#),
  ])
  func aValueInALogLineCannotForgeAnotherValue(text: String, value: String) {
    #expect(text.logValue == value)
  }

  @Test func theLengthOfAValueInALogLineIsLimited() {
    #expect(String(repeating: "x", count: 1 << 20).logValue.utf8.count < 5000)
  }

  @Test(arguments: [
    ("", 0), ("abc", 3), ("ä", 1), ("世界", 4), ("検査コネクタ", 12), ("e\u{301}", 1), ("🔁", 2), ("ｱ", 1), ("Ａ", 2), ("한글", 4),
    ("\u{FFFD}", 1), ("〿", 1), ("𠀀", 2), ("→", 1), ("👩\u{200D}🚀", 4),
  ])
  func theWidthOfATextIsItsNumberOfTerminalColumns(text: String, columns: Int) {
    #expect(text.columns == columns)
  }

  @Test(arguments: [
    ("abcdef", 6, "abcdef"), ("abcdefg", 6, "abc…fg"), ("abcdefg", 1, "…"), ("abcdefg", 2, "a…"), ("世界世界", 7, "世界…界"),
    ("世界世界", 4, "世…"), ("abcdefg\u{301}h", 4, "ab…h"),
    ("👩\u{200D}🚀👩\u{200D}🚀", 5, "👩…🚀"),
  ])
  func aTooWideTextIsCutInTheMiddle(text: String, limit: Int, fitted: String) {
    #expect(text.fitted(to: limit) == fitted)
    #expect(text.fitted(to: limit).columns <= limit)
  }

  @Test(arguments: [
    ("histroy", "history"), ("hsitory", "history"), ("rolback", "rollback"), ("stauts", "status"), ("xyz", nil),
    ("", nil), ("histories-of-everything", nil),
  ])
  func aMisspeltWordIsRecognized(word: String, meant: String?) {
    #expect(Spelling.nearest(to: word, among: ["history", "export", "rollback", "status", "set"]) == meant)
  }
}
