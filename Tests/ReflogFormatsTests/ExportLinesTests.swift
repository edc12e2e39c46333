import ReflogFormats
import ReflogModel
import ReflogTesting
import Testing

struct ExportLinesTests {
  /// A reason with every character that a program can read as the end of a line.
  private static let reason = "a\nb\rc\u{B}d\u{C}e\u{1C}f\u{1D}g\u{1E}h\u{85}i\u{2028}j\u{2029}k …é"

  @Test(arguments: [ExportFormat.jsonl, .ocsf, .asim])
  func noTextAddsALineBreakToALineOfJSON(format: ExportFormat) throws {
    let change = SampleChange.change(reason: Self.reason)
    var bytes: [UInt8] = []

    ExportLines<Change>(format, CSVStyle()).write(change, to: &bytes)

    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count == 2)
    #expect(try JSONValue(parsing: bytes).text.contains(JSONValue.string(Self.reason).text))
  }
}
