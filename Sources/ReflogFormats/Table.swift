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
  /// The titles of the columns whose cells contain names.
  ///
  /// Different names must stay different after they are shortened. If there is not enough space for this, columns of
  /// ``droppable`` are left out.
  package var names: Set<String>
  /// The titles of the columns whose cells contain addresses.
  ///
  /// An address is a name with several parts and a slash between them. Different parts must stay different too.
  package var addresses: Set<String>
  /// The text with which a cell begins if the cell is in a column of names but does not contain a name.
  ///
  /// Different cells of this kind can look equal after they are shortened.
  package var textStart: String?
  /// Texts with which an address can begin.
  ///
  /// If only one of these texts occurs in a table that is too wide, this text is left out of all addresses.
  package var prefixes: [String]
  /// The lines in front of the table. The CSV does not contain these lines.
  package var heading: [String]

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
    droppable: [String] = [],
    names: Set<String> = [],
    addresses: Set<String> = [],
    textStart: String? = nil,
    prefixes: [String] = [],
    heading: [String] = []
  ) {
    (self.header, self.rows, self.emptyText) = (header, rows, emptyText)
    (self.cuttable, self.droppable) = (cuttable, droppable)
    (self.names, self.addresses, self.textStart) = (names, addresses, textStart)
    (self.prefixes, self.heading) = (prefixes, heading)
  }

  /// Returns the table without the parts that do not fit, and the list of the parts that were left out.
  ///
  /// - Parameter columns: The width of the terminal, or nil for no limit.
  package func fitted(columns: Int?) -> (table: Table, leftOut: [String]) {
    var (table, leftOut) = (self, [String]())
    guard let columns, !rows.isEmpty else { return (table, leftOut) }
    if table.isTooWide(for: columns), let prefix = table.removePrefix() { leftOut.append(prefix) }
    for title in droppable where table.isTooWide(for: columns) {
      guard let index = table.header.firstIndex(of: title) else { continue }
      table.header.remove(at: index)
      for row in table.rows.indices { table.rows[row].remove(at: index) }
      leftOut.append(title)
    }
    return (table, leftOut)
  }

  /// Leaves out the prefix of the addresses if only one prefix occurs, and returns this prefix.
  ///
  /// The prefix is at the start of a word, such as in `connector of b2cUserFlows/B2C_1_signup/postFederationSignup`. If
  /// several prefixes occur, or none, the table is not changed and the result is nil.
  private mutating func removePrefix() -> String? {
    let columns = header.indices.filter { addresses.contains(header[$0]) }
    let words = rows.flatMap { row in columns.flatMap { row[$0].split(separator: " ") } }
    let found = prefixes.filter { prefix in words.contains { $0.hasPrefix(prefix) } }
    guard found.count == 1, let prefix = found.first else { return nil }
    for row in rows.indices {
      for column in columns {
        rows[row][column] = rows[row][column].split(separator: " ", omittingEmptySubsequences: false)
          .map { $0.hasPrefix(prefix) ? $0.dropFirst(prefix.count) : $0 }.joined(separator: " ")
      }
    }
    return prefix
  }

  /// Returns whether the table would be wider than `columns` even if each column that can be shortened had the minimum
  /// width that people can read.
  private func isTooWide(for columns: Int) -> Bool {
    let lines = ([header] + rows).map { $0.map(\.printable) }
    let spare = columns - Self.separator.count * max(0, header.count - 1)
    return naturalWidths(of: lines).reduce(0, +) > spare && minimumWidths(of: lines).reduce(0, +) > spare
  }

  /// Returns the width of each column without shortened cells.
  private func naturalWidths(of lines: [[String]]) -> [Int] {
    (lines.first ?? []).indices.map { column in lines.map { $0[column].columns }.max() ?? 0 }
  }

  /// Returns the minimum width of each column at which people can read the shortened cells.
  private func minimumWidths(of lines: [[String]]) -> [Int] {
    header.indices.map { column in
      let cells = Set(lines.map { $0[column] })
      guard cuttable.contains(header[column]) else { return cells.map(\.columns).max() ?? 0 }
      let areAddresses = addresses.contains(header[column])
      let named = areAddresses || names.contains(header[column]) ? cells.filter { !isText($0) } : []
      let readable = cells.subtracting(named).map { min($0.columns, Self.readable) }.max() ?? 0
      return max(readable, Self.minimumWidth(ofNames: named.map { areAddresses ? $0.parts : [$0] }))
    }
  }

  /// Returns whether a cell in a column of names contains a text that is not a name.
  private func isText(_ cell: String) -> Bool { textStart.map(cell.hasPrefix) ?? false }

  /// Returns the minimum width of a column of names at which people can read each part of a name, and at which
  /// different parts stay different.
  ///
  /// - Parameter names: The parts of each name.
  private static func minimumWidth(ofNames names: [[String]]) -> Int {
    let positions = 0..<(names.map(\.count).max() ?? 0)
    let parts = positions.map { position in Set(names.filter { position < $0.count }.map { $0[position] }) }
    let longest = parts.joined().map(\.columns).max() ?? 0
    // Parts that are different at a limit are different at every higher limit.
    var (limit, enough) = (readable, max(readable, longest))
    while limit < enough {
      let middle = (limit + enough) / 2
      if parts.allSatisfy({ Set($0.map { $0.fitted(to: middle) }).count == $0.count }) {
        enough = middle
      } else {
        limit = middle + 1
      }
    }
    return names.map { $0.reduce($0.count - 1) { $0 + min($1.columns, limit) } }.max() ?? 0
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
    let start = heading.map { $0.printable + "\n" }.joined()
    guard !rows.isEmpty else { return start + (emptyText.isEmpty ? "" : emptyText + "\n") }
    let lines = ((header.isEmpty ? [] : [header]) + rows).map { $0.map(\.printable) }
    let widths = widths(of: lines, columns: header.isEmpty ? nil : columns)
    let text = lines.map { line in
      zip(line, widths).enumerated().map { index, cell in
        let text = cell.0.shortened(to: cell.1, asAddress: !header.isEmpty && addresses.contains(header[index]))
        return index == line.count - 1 ? text : text + String(repeating: " ", count: max(0, cell.1 - text.columns))
      }.joined(separator: Self.separator) + "\n"
    }.joined()
    return start + text
  }

  /// Returns the width of each column.
  ///
  /// If the table is too wide, the columns that can be shortened get a maximum width. The maximum is as large as
  /// possible. A column of names is wider than the maximum if different names would otherwise look equal.
  private func widths(of lines: [[String]], columns: Int?) -> [Int] {
    let natural = naturalWidths(of: lines)
    let spare = (columns ?? .max) - Self.separator.count * max(0, natural.count - 1)
    guard natural.reduce(0, +) > spare else { return natural }
    let isCuttable = natural.indices.map { cuttable.isEmpty || cuttable.contains(header[$0]) }
    let minimum = minimumWidths(of: lines)
    let isFitting = minimum.reduce(0, +) <= spare
    func limited(to limit: Int) -> [Int] {
      natural.indices.map { column in
        isCuttable[column] ? min(natural[column], max(limit, isFitting ? minimum[column] : 0)) : natural[column]
      }
    }
    var widest = natural.max() ?? 0
    while widest > Self.minimum, limited(to: widest).reduce(0, +) > spare { widest -= 1 }
    var widths = limited(to: widest)
    // After the columns were shortened, some character positions of the terminal can be free. From left to right, each
    // shortened column gets one of these positions, until none is free.
    for index in widths.indices where isCuttable[index] && widths[index] < natural[index] {
      if widths.reduce(0, +) < spare { widths[index] += 1 }
    }
    return widths
  }
}

extension String {
  /// Returns the text, or a shortened text if the text needs more than `limit` columns.
  ///
  /// The start and the end of the text are kept. In an address such as `B2C_1_signup/postFederationSignup`, each part
  /// keeps its start and its end.
  fileprivate func shortened(to limit: Int, asAddress isAddress: Bool) -> String {
    guard columns > limit, isAddress else { return fitted(to: limit) }
    let parts = parts
    let spare = limit - (parts.count - 1)
    guard parts.count > 1, spare >= parts.count * Self.shortestPart else { return fitted(to: limit) }
    var widths = parts.map(\.columns)
    while widths.reduce(0, +) > spare, let widest = widths.max(), let index = widths.lastIndex(of: widest) {
      widths[index] -= 1
    }
    return zip(parts, widths).map { $0.fitted(to: $1) }.joined(separator: "/")
  }

  /// The parts of an address, which have slashes between them.
  fileprivate var parts: [String] { split(separator: "/", omittingEmptySubsequences: false).map(String.init) }

  /// The minimum width, in character positions, of a part of a shortened address.
  private static var shortestPart: Int { 7 }
}
