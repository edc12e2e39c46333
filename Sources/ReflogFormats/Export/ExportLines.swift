import ReflogModel

/// Writes items to an exported file, one line per item.
package struct ExportLines<Item: Exported>: Sendable {
  /// The bytes in front of the first item.
  ///
  /// The list is empty for JSON Lines.
  package let header: [UInt8]
  private let line: @Sendable (Item, inout [UInt8]) -> Void

  private init(_ csv: CSV<Item>) {
    header = csv.header
    line = { csv.write($0, to: &$1) }
  }

  private init(_ json: @escaping @Sendable (Item) -> JSONObject) {
    header = []
    line = { item, bytes in
      bytes.append(escapingLineSeparators: JSONValue.object(json(item)).bytes)
      bytes.append(0x0A)
    }
  }

  /// A writer of CSV for programs.
  package static var csv: ExportLines { ExportLines(CSV()) }

  /// A writer of JSON Lines.
  package static var jsonLines: ExportLines { ExportLines(\.json) }

  /// Appends the line of an item.
  package func write(_ item: Item, to bytes: inout [UInt8]) {
    line(item, &bytes)
  }
}

extension [UInt8] {
  /// Appends JSON, and writes U+0085, U+2028 and U+2029 as escapes.
  ///
  /// JSON allows these characters in a string, but many programs read them as the end of a line. Without escapes, a
  /// text from a caller could divide the line of its item into two lines.
  fileprivate mutating func append(escapingLineSeparators json: [UInt8]) {
    guard json.contains(where: { $0 == 0xC2 || $0 == 0xE2 }) else { return append(contentsOf: json) }
    var rest = json[...]
    while let byte = rest.first {
      if rest.starts(with: [0xC2, 0x85]) {
        append(contentsOf: #"\u0085"#.utf8)
        rest = rest.dropFirst(2)
      } else if rest.starts(with: [0xE2, 0x80, 0xA8]) || rest.starts(with: [0xE2, 0x80, 0xA9]) {
        append(contentsOf: (rest[rest.startIndex + 2] == 0xA8 ? #"\u2028"# : #"\u2029"#).utf8)
        rest = rest.dropFirst(3)
      } else {
        append(byte)
        rest = rest.dropFirst()
      }
    }
  }
}

extension ExportLines<Change> {
  /// Creates a writer for changes.
  package init(_ format: ExportFormat, _ style: CSVStyle) {
    switch format {
    case .csv: self.init(CSV(style))
    case .jsonl: self.init(\.json)
    case .ocsf: self.init(\.ocsf)
    case .asim: self.init(\.asim)
    }
  }
}

extension ExportLines<ServiceEvent> {
  /// Creates a writer for service events, or returns nil if service events can't be exported in this format.
  package init?(_ format: ExportFormat, _ style: CSVStyle) {
    switch format {
    case .csv: self.init(CSV(style))
    case .jsonl: self.init(\.json)
    case .ocsf, .asim: return nil
    }
  }
}
