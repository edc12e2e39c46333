/// For whom a CSV is written.
package struct CSVStyle: Sendable {
  /// Whether cells that a spreadsheet would run are left as they are.
  package let isRaw: Bool
  /// Whether it begins with a byte order mark, and times are as spreadsheets read them.
  package let isForExcel: Bool

  package init(isRaw: Bool = false, isForExcel: Bool = false) {
    self.isRaw = isRaw
    self.isForExcel = isForExcel
  }

  /// Reads the options of a manifest.
  package init(options: [String]) {
    self.init(isRaw: options.contains(Option.raw.rawValue), isForExcel: options.contains(Option.excel.rawValue))
  }

  /// The options of a URL that ask for it, which a manifest names too.
  package var options: [String] {
    ((isRaw ? [.raw] : []) + (isForExcel ? [.excel] : [])).map(\Option.rawValue)
  }

  private enum Option: String {
    case raw, excel
  }
}
