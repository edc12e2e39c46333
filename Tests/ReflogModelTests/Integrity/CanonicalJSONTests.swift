import ReflogModel
import Testing

struct CanonicalJSONTests {
  private func canonical(_ text: String) throws -> String {
    String(decoding: try JSONValue(parsing: text.utf8).canonicalBytes(), as: UTF8.self)
  }

  /// The example is from RFC 8785 §3.2.2.
  ///
  /// The test leaves out the numbers with a fraction, because the records of the log contain only whole numbers.
  @Test func theExampleInTheRFCIsWrittenAsTheRFCShowsIt() throws {
    let text = #"""
      {
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "numbers": [333333333, 4, 0, -56],
        "literals": [null, true, false]
      }
      """#

    #expect(
      try canonical(text)
        == #"{"literals":[null,true,false],"numbers":[333333333,4,0,-56],"string":"€$\u000f\nA'B\"\\\\\"/"}"#
    )
  }

  /// The example is from RFC 8785 §3.2.3.
  ///
  /// U+1F600 comes first and U+FB33 comes second, because D83D, the first UTF-16 code unit of U+1F600, is smaller.
  @Test func theMembersOfAnObjectAreSortedByUTF16() throws {
    let text = #"""
      {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
       "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}
      """#

    let values = try JSONValue(parsing: canonical(text).utf8).object?.members.map { $0.value.string }

    #expect(
      values == [
        "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
      ]
    )
  }

  @Test func allNamesAreSortedByTheirUTF16CodeUnits() throws {
    let scalars = [0x00, 0x41, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xEFFF, 0xF000, 0xFFFF, 0x10000, 0x10FFFF]
      .compactMap(Unicode.Scalar.init).map { String($0) }
    let names = [""] + scalars + scalars.flatMap { first in scalars.map { first + $0 } }
    var object: JSONObject = [:]
    for name in names.shuffled() { object[name] = .null }

    let read = try JSONValue(parsing: object.canonicalBytes()).object?.members.map(\.name)

    let sorted = names.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
    #expect(read?.map { Array($0.utf16) } == sorted.map { Array($0.utf16) })
  }

  @Test func theOrderOfTheInputDoesNotMatter() throws {
    let one = #"{"b":{"y":[{"d":1,"c":2}],"x":null},"a":"z"}"#
    let other = #"{ "a" : "z", "b" : { "x" : null, "y" : [ { "c" : 2, "d" : 1 } ] } }"#

    #expect(try canonical(one) == #"{"a":"z","b":{"x":null,"y":[{"c":2,"d":1}]}}"#)
    #expect(try canonical(other) == canonical(one))
  }

  @Test func onlyTheRequiredEscapesAreWritten() throws {
    let scalars = (0..<0x110000).compactMap(Unicode.Scalar.init).filter { $0.value < 0x100 || $0.value % 97 == 0 }
    let escapes: [UInt32: String] = [
      0x08: #"\b"#, 0x09: #"\t"#, 0x0A: #"\n"#, 0x0C: #"\f"#, 0x0D: #"\r"#, 0x22: #"\""#, 0x5C: #"\\"#,
    ]
    for scalar in scalars {
      let code = scalar.value
      let short = "\\u00" + (code < 16 ? "0" : "") + String(code, radix: 16)
      let expected = escapes[code] ?? (code < 0x20 ? short : String(scalar))

      let written = try JSONValue.string("a\(scalar)b").canonicalBytes()

      #expect(written.elementsEqual("\"a\(expected)b\"".utf8), "U+\(String(code, radix: 16))")
    }
  }

  @Test(arguments: ["0", "1", "-1", "9007199254740991", "-9007199254740991"])
  func wholeNumbersAreWritten(text: String) throws {
    #expect(try canonical(text) == text)
  }

  @Test(arguments: [
    "-0", "1.0", "1.5", "1e3", "1E3", "9007199254740992", "-9007199254740992", "99999999999999999999999", "0.1", "1e-1",
  ])
  func numbersThatAreNotCanonicalAreRefused(text: String) throws {
    let value = JSONValue.array(["a", .number(text)])

    #expect(throws: IntegrityError.noWholeNumber(text)) { try value.canonicalBytes() }
  }

  @Test(arguments: ["", "-", "01", "+1", " 1", "1 ", "٣", "0x1", "--1"])
  func invalidNumbersAreRefused(text: String) throws {
    #expect(throws: IntegrityError.noWholeNumber(text)) { try JSONValue.number(text).canonicalBytes() }
  }

  @Test func namesWithDifferentBytesAreDifferent() throws {
    let object: JSONObject = ["\u{E9}": .null, "e\u{301}": .null]

    #expect(try object.canonicalBytes().elementsEqual("{\"e\u{301}\":null,\"\u{E9}\":null}".utf8))
  }

  @Test func aDuplicateNameIsRefused() {
    let object: JSONObject = ["b": .null, "a": .null, "b": .bool(true)]

    #expect(throws: IntegrityError.duplicateMember(name: "b")) { try object.canonicalBytes() }
  }

  @Test func theDepthOfTheJSONIsLimited() throws {
    var value = JSONValue.null
    for _ in 1..<JSONValue.maximumDepth { value = .array([value]) }

    #expect(try value.canonicalBytes().count == 4 + 2 * (JSONValue.maximumDepth - 1))
    #expect(throws: IntegrityError.nestedTooDeep) { try JSONValue.array([value]).canonicalBytes() }
  }
}
