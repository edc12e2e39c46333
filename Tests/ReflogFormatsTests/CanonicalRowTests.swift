import ReflogFormats
import Testing

/// Tests that all spellings of the same row by different programs have the same canonical spelling.
struct CanonicalRowTests {
  private func cells(_ row: String, _ separator: Character = ",") throws -> [String] {
    var reader = CSVCells(of: Array(row.utf8)[...], separatedBy: try #require(separator.asciiValue))
    return reader.all().map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [
    ("1,a,b", ["1", "a", "b"]), (#""1","a","b""#, ["1", "a", "b"]), ("1,,", ["1", "", ""]), ("", [""]),
    (#"1,"a ""b"" c""#, ["1", #"a "b" c"#]), (#"1,"a,b",c"#, ["1", "a,b", "c"]), (#"1,a"b,c"#, ["1", #"a"b"#, "c"]),
    (#"1,"a"b,c"#, ["1", "ab", "c"]), (#"1,"""""#, ["1", #"""#]), (#"1,"a"#, ["1", "a"]),
    ("1,\"a\r\nb\"", ["1", "a\r\nb"]),
  ])
  func cellsAreRead(_ row: String, _ expected: [String]) throws {
    #expect(try cells(row) == expected)
  }

  @Test func otherSeparatorsAreRead() throws {
    #expect(try cells("1;a,b;c", ";") == ["1", "a,b", "c"])
    #expect(try cells("1\t\"a\tb\"", "\t") == ["1", "a\tb"])
  }

  @Test(arguments: [
    (["1", "a", "b"], "1,a,b"), (["1", "", ""], "1"), ([""], ""), (["1", "a,b"], #"1,"a,b""#),
    (["1", #"a"b"#], #"1,"a""b""#), (["1", "a\r\nb\rc\nd"], "1,\"a\nb\nc\nd\""), (["1", "", "b"], "1,,b"),
  ])
  func aRowHasOneUsualSpelling(_ cells: [String], _ expected: String) {
    #expect(String(decoding: CanonicalRow.bytes(of: cells.map { Array($0.utf8) }), as: UTF8.self) == expected)
  }

  @Test(arguments: [
    ("1,a,b\r\n", "1,a,b"), ("1,a,,,\r\n", "1,a"), ("1,\"a,\"\r\n", "1,\"a,\""), ("1,\"a\r\nb\",\r\n", "1,\"a\nb\""),
    ("1,\"a\nb\"\r\n", "1,\"a\nb\""),
  ])
  func aWrittenRowHasTheSameUsualSpelling(_ line: String, _ expected: String) {
    let bytes = CanonicalRow.bytes(ofWritten: Array(line.utf8)[...])
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }
}
