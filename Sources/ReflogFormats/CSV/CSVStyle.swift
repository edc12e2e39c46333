/// How CSV is written: for programs or for spreadsheets.
package struct CSVStyle: Sendable {
  /// Whether cells that a spreadsheet would run as a formula are written unchanged.
  package let isRaw: Bool
  /// Whether the file begins with a byte order mark and has times that spreadsheets read.
  package let isForExcel: Bool

  /// Creates a style.
  ///
  /// By default formulas are guarded and times are in RFC 3339.
  package init(isRaw: Bool = false, isForExcel: Bool = false) {
    self.isRaw = isRaw
    self.isForExcel = isForExcel
  }

  /// Creates the style that the options of a manifest name.
  package init(options: [String]) {
    self.init(isRaw: options.contains(Option.raw.rawValue), isForExcel: options.contains(Option.excel.rawValue))
  }

  /// The options for this style, by their names in a URL and in a manifest.
  package var options: [String] {
    ((isRaw ? [.raw] : []) + (isForExcel ? [.excel] : [])).map(\Option.rawValue)
  }

  private enum Option: String {
    case raw, excel
  }
}
