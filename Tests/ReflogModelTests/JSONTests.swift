import Foundation
import ReflogModel
import Testing

struct JSONTests {
  @Test(arguments: [
    #"{"a":1,"b":[true,false,null],"c":{"d":"e"}}"#, #"[]"#, #"{}"#, #""""#, "-0", "1.5e-10", "12345678901234567890.5",
    #"["\"\\\b\f\n\r\t\u0001 é 🔁"]"#,
  ])
  func aValueIsWrittenAsItWasRead(text: String) throws {
    #expect(try JSONValue(parsing: text.utf8).text == text)
  }

  @Test func escapesAreRead() throws {
    #expect(try JSONValue(parsing: #""\u00e9\uD83D\uDD01\/""#.utf8) == "é🔁/")
  }

  @Test(arguments: [
    "", " ", "{", "[1,]", "{\"a\":}", "{\"a\" 1}", "{a:1}", "01", "1.", "1e", "+1", "--1", "tru", "nulll", "1 2",
    "\"", "\"\\x\"", "\"\\u12\"", "\"\\u+123\"", "\"\\uD800\"", "\"\\uDC00\"", "\"\n\"", "{\"a\":1,\"a\":2}",
    String(repeating: "[", count: 65) + String(repeating: "]", count: 65),
  ])
  func invalidJSONIsRefused(text: String) {
    #expect(throws: JSONError.self) { try JSONValue(parsing: text.utf8) }
  }

  @Test func aByteOrderMarkIsIgnoredAndUTF16IsRefused() throws {
    #expect(try JSONValue(parsing: [0xEF, 0xBB, 0xBF] + Array("{}".utf8)) == .object([:]))
    for bytes: [UInt8] in [[0xFF, 0xFE, 0x7B, 0, 0x7D, 0], [0x7B, 0, 0x7D, 0]] {
      let error = #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
      #expect(error?.description == "it is UTF-16 text; save it as UTF-8 at byte 0")
    }
  }

  @Test func invalidUTF8IsRefused() {
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xC0, 0xAF, 0x22]) }
  }

  @Test func anErrorContainsThePositionOfTheMistake() throws {
    let error = try #require(throws: JSONError.self) { try JSONValue(parsing: #"{"a":1,"a":2}"#.utf8) }
    #expect(error.description == "duplicate member a at byte 7")
  }

  @Test(arguments: [
    ("\"a\nb\"", 2), ("\"a\\x\"", 2), ("\"ab\\uD800c\"", 3), ("\"\\uD800\\u0041\"", 1), ("\"\\uDC00\"", 1),
    ("\"\\u12\"", 3), ("[1,\"x", 3), ("{\"a\" 1}", 5), ("[tru]", 1), ("\"a\\", 3),
  ])
  func anErrorContainsThePositionOfTheFirstWrongByte(text: String, position: Int) throws {
    let error = try #require(throws: JSONError.self) { try JSONValue(parsing: text.utf8) }
    #expect(error.position == position, "\(error)")
  }

  @Test func foundationCanReadTheJSONThatReflogWrites() throws {
    let texts = (0..<0x300).compactMap(Unicode.Scalar.init).map(String.init)
    let written = JSONValue.array(texts.map(JSONValue.string)).bytes
    #expect(try JSONDecoder().decode([String].self, from: Data(written)) == texts)
  }
}
