import ReflogModel

/// Writes items as CSV (RFC 4180).
///
/// The text is UTF-8, and every line ends with CRLF. The columns are always the same and in the same order.
package struct CSV<Item: Exported>: Sendable {
  private let style: CSVStyle
  /// The functions that return the values of an item's cells.
  private let values: [@Sendable (Item) -> FilterValue] = Item.columns.map { $0.value }

  /// Creates a writer.
  package init(_ style: CSVStyle = CSVStyle()) {
    self.style = style
  }

  /// The header row.
  ///
  /// If the style has a byte order mark, the bytes begin with that mark.
  package var header: [UInt8] {
    (style.isForExcel ? [0xEF, 0xBB, 0xBF] : [])
      + Array((Item.columns.map(\.name).joined(separator: ",") + "\r\n").utf8)
  }

  /// Appends the line of an item, with CRLF.
  package func write(_ item: Item, to bytes: inout [UInt8]) {
    var line = CSVLine(appendedTo: bytes, style)
    bytes = []
    for value in values { line.write(value(item)) }
    bytes = line.ended()
  }
}

/// A column of CSV: the column's name, and a function that returns the value of an item's cell.
package struct CSVColumn<Subject>: Sendable {
  /// The name in the header row.
  package let name: String
  let value: @Sendable (Subject) -> FilterValue

  init(_ name: String, _ value: @escaping @Sendable (Subject) -> FilterValue) {
    self.name = name
    self.value = value
  }
}
