import ReflogModel

/// A table of text for people.
package struct Table {
  /// The titles of the columns.
  ///
  /// The list is empty if the table has no titles.
  package var header: [String]
  package var rows: [[String]]
  /// The text that is shown if the table has no rows.
  package var emptyText: String
  /// The titles of the columns whose cells can be shortened if the table is too wide.
  ///
  /// If the set is empty, the cells of every column can be shortened.
  package var cuttable: Set<String>
  /// The titles of the columns that can be left out if the table is too wide.
  ///
  /// The column that is the least useful is first.
  package var droppable: [String]

  private static let separator = "  "
  /// The minimum width, in character positions of the terminal, of a column whose cells are shortened.
  private static let minimum = 4
  /// The minimum width, in character positions, at which people can read a shortened column.
  ///
  /// A column that would be narrower is left out.
  private static let readable = 12

  /// Creates a table.
  package init(
    header: [String] = [],
    rows: [[String]] = [],
    emptyText: String = "",
    cuttable: Set<String> = [],
    droppable: [String] = []
  ) {
    (self.header, self.rows, self.emptyText) = (header, rows, emptyText)
    (self.cuttable, self.droppable) = (cuttable, droppable)
  }

  /// Returns the table without the columns that do not fit, and the titles of these columns.
  ///
  /// - Parameter columns: The width of the terminal, or nil for no limit.
  package func fitted(columns: Int?) -> (table: Table, leftOut: [String]) {
    var (table, leftOut) = (self, [String]())
    guard let columns, !rows.isEmpty else { return (table, leftOut) }
    for title in droppable where table.minimumWidth > columns {
      guard let index = table.header.firstIndex(of: title) else { continue }
      table.header.remove(at: index)
      for row in table.rows.indices { table.rows[row].remove(at: index) }
      leftOut.append(title)
    }
    return (table, leftOut)
  }

  /// The width of the table if each column that can be shortened has the minimum width that people can read.
  private var minimumWidth: Int {
    let widths = header.indices.map { column in
      let natural = ([header] + rows).map { $0[column].printable.columns }.max() ?? 0
      return cuttable.contains(header[column]) ? min(natural, Self.readable) : natural
    }
    return widths.reduce(0, +) + Self.separator.count * max(0, widths.count - 1)
  }

  /// The table as CSV, with complete cells.
  ///
  /// The titles of the columns are in lower case. A table without titles has the columns `name` and `value`.
  package var csv: [UInt8] {
    let titles = header.isEmpty ? ["name", "value"] : header.map { $0.lowercased() }
    return ([titles] + rows).flatMap { CSVLine.bytes($0) }
  }

  /// Returns the table as text with aligned columns.
  ///
  /// - Parameter columns: The width of the terminal, or nil for no limit. If a table with titles is wider, its longest
  ///   cells are shortened. A table without titles always shows the complete cells.
  package func text(columns: Int? = nil) -> String {
    guard !rows.isEmpty else { return emptyText.isEmpty ? "" : emptyText + "\n" }
    let lines = ((header.isEmpty ? [] : [header]) + rows).map { $0.map(\.printable) }
    let widths = widths(of: lines, columns: header.isEmpty ? nil : columns)
    return lines.map { line in
      zip(line, widths).enumerated().map { index, cell in
        let text = cell.0.fitted(to: cell.1)
        return index == line.count - 1 ? text : text + String(repeating: " ", count: max(0, cell.1 - text.columns))
      }.joined(separator: Self.separator) + "\n"
    }.joined()
  }

  /// Returns the width of each column.
  ///
  /// If the table is too wide, the columns that can be shortened get a maximum width. The maximum is as large as
  /// possible.
  private func widths(of lines: [[String]], columns: Int?) -> [Int] {
    let natural = (lines.first ?? []).indices.map { column in lines.map { $0[column].columns }.max() ?? 0 }
    let spare = (columns ?? .max) - Self.separator.count * max(0, natural.count - 1)
    guard natural.reduce(0, +) > spare else { return natural }
    let isCuttable = natural.indices.map { cuttable.isEmpty || cuttable.contains(header[$0]) }
    func limited(to limit: Int) -> [Int] {
      zip(natural, isCuttable).map { width, isCuttable in isCuttable ? min(width, limit) : width }
    }
    var widest = natural.max() ?? 0
    while widest > Self.minimum, limited(to: widest).reduce(0, +) > spare { widest -= 1 }
    var widths = limited(to: widest)
    // After the columns were shortened, some character positions of the terminal can be free. The first shortened
    // columns get these positions.
    for index in widths.indices where isCuttable[index] && widths[index] < natural[index] {
      if widths.reduce(0, +) < spare { widths[index] += 1 }
    }
    return widths
  }
}
