/// A value in a line of CSV (RFC 4180).
enum CSVCell {
  /// What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection).
  private static let formulaStarts = Set("=+-@\t\r\n".utf8)
  private static let quoted = Set(",\"\r\n".utf8)

  /// - Parameter isRaw: whether what a spreadsheet would run is left as it is.
  static func text(_ text: String, isRaw: Bool) -> String {
    let startsFormula = text.utf8.first.map(formulaStarts.contains) ?? false
    let guarded = startsFormula && !isRaw ? "'" + text : text
    guard guarded.utf8.contains(where: quoted.contains) else { return guarded }
    // Byte by byte: a combining mark behind a quote must not hide it.
    let quote = UInt8(ascii: "\"")
    let doubled = guarded.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }
    return "\"" + String(decoding: doubled, as: UTF8.self) + "\""
  }

  /// A line, CRLF included; an empty cell where there is no value.
  static func line(_ values: [String?], isRaw: Bool) -> String {
    values.map { $0.map { text($0, isRaw: isRaw) } ?? "" }.joined(separator: ",") + "\r\n"
  }
}
