import ReflogModel

/// Items as CSV: RFC 4180, CRLF, UTF-8, always the same columns in the same order.
package struct CSV<Item: Exported>: Sendable {
  private let style: CSVStyle

  package init(_ style: CSVStyle = CSVStyle()) {
    self.style = style
  }

  /// The header row, behind a byte order mark where there is one.
  package var header: [UInt8] {
    (style.isForExcel ? [0xEF, 0xBB, 0xBF] : [])
      + Array((Item.columns.map(\.name).joined(separator: ",") + "\r\n").utf8)
  }

  /// Appends one line, CRLF included.
  package func write(_ item: Item, to bytes: inout [UInt8]) {
    var line = CSVLine(appendedTo: bytes, style)
    bytes = []
    for column in Item.columns { line.write(column.value(item)) }
    bytes = line.ended()
  }
}
