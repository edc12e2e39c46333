/// The style of CSV: for programs or for spreadsheets.
package struct CSVStyle: Sendable {
  /// Whether a cell is written unchanged even if a spreadsheet would run the cell as a formula.
  package let isRaw: Bool
  /// Whether the file begins with a byte order mark and contains times in a form that spreadsheets can read.
  package let isForExcel: Bool

  /// Creates a style.
  ///
  /// By default, a spreadsheet can't run a cell as a formula, and times are in the format of RFC 3339.
  package init(isRaw: Bool = false, isForExcel: Bool = false) {
    self.isRaw = isRaw
    self.isForExcel = isForExcel
  }

  /// Creates the style from the options in a manifest.
  package init(options: [String]) {
    self.init(isRaw: options.contains(Option.raw.rawValue), isForExcel: options.contains(Option.excel.rawValue))
  }

  /// The names of this style's options, as written in a URL and in a manifest.
  package var options: [String] {
    ((isRaw ? [.raw] : []) + (isForExcel ? [.excel] : [])).map(\Option.rawValue)
  }

  private enum Option: String {
    case raw, excel
  }
}
