package import ReflogModel

/// Writes items as CSV (RFC 4180).
///
/// The text is UTF-8, and every line ends with CRLF. The columns are always the same and in the same order.
package struct CSV<Item: Sendable>: Sendable {
  private let style: CSVStyle
  private let columns: [CSVColumn<Item>]
  /// The functions that return the values of an item's cells.
  private let values: [@Sendable (Item) -> FilterValue]

  /// Creates a writer of items with these columns.
  package init(_ columns: [CSVColumn<Item>], _ style: CSVStyle = CSVStyle()) {
    (self.columns, self.style) = (columns, style)
    values = columns.map { $0.value }
  }

  /// The header row.
  ///
  /// If the style has a byte order mark, the bytes begin with that mark.
  package var header: [UInt8] {
    (style.isForExcel ? TextEncoding.byteOrderMark : [])
      + Array((columns.map(\.name).joined(separator: ",") + "\r\n").utf8)
  }

  /// Appends the line of an item, with CRLF.
  package func write(_ item: Item, to bytes: inout [UInt8]) {
    var line = CSVLine(appendedTo: bytes, style)
    bytes = []
    for value in values { line.write(value(item)) }
    bytes = line.ended()
  }
}

extension CSV where Item: Exported {
  /// Creates a writer of items with the columns of an export.
  package init(_ style: CSVStyle = CSVStyle()) {
    self.init(Item.columns, style)
  }
}

/// A column of CSV: the column's name, and a function that returns the value of an item's cell.
package struct CSVColumn<Subject>: Sendable {
  /// The name of the column in the header row.
  package let name: String
  let value: @Sendable (Subject) -> FilterValue

  /// Creates a column from its name and a function that returns the value of a cell.
  package init(_ name: String, _ value: @escaping @Sendable (Subject) -> FilterValue) {
    self.name = name
    self.value = value
  }
}
