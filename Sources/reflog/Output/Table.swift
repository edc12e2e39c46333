import ReflogModel

/// A table of text for people.
struct Table {
  /// The titles of the columns; empty for a table without titles.
  var header: [String] = []
  var rows: [[String]] = []
  /// The text that is shown if the table has no rows.
  var emptyText = ""

  /// The table as text with aligned columns.
  var text: String {
    guard !rows.isEmpty else { return emptyText.isEmpty ? "" : emptyText + "\n" }
    let lines = ((header.isEmpty ? [] : [header]) + rows).map { $0.map(\.printable) }
    let widths = (lines.first ?? []).indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      zip(line, widths).enumerated().map { index, cell in
        let (text, width) = cell
        let isLast = index == line.count - 1
        return isLast ? text : text + String(repeating: " ", count: width - text.count)
      }.joined(separator: "  ") + "\n"
    }.joined()
  }
}
