/// For whom a CSV is written.
package struct CSVStyle: Sendable {
  /// Whether cells that a spreadsheet would run are left as they are.
  let isRaw: Bool
  /// Whether it begins with a byte order mark, and times are as spreadsheets read them.
  let isForExcel: Bool

  package init(isRaw: Bool = false, isForExcel: Bool = false) {
    self.isRaw = isRaw
    self.isForExcel = isForExcel
  }

  /// The header row of these columns, behind a byte order mark where there is one.
  func header(_ columns: [String]) -> [UInt8] {
    (isForExcel ? [0xEF, 0xBB, 0xBF] : []) + Array((columns.joined(separator: ",") + "\r\n").utf8)
  }
}
