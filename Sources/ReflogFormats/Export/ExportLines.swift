import ReflogModel

/// Writes items to an exported file, one line per item.
package struct ExportLines<Item: Exported>: Sendable {
  /// The bytes in front of the first item; empty for JSON Lines.
  package let header: [UInt8]
  private let line: @Sendable (Item, inout [UInt8]) -> Void

  private init(_ csv: CSV<Item>) {
    header = csv.header
    line = { csv.write($0, to: &$1) }
  }

  private init(_ json: @escaping @Sendable (Item) -> JSONObject) {
    header = []
    line = { item, bytes in
      bytes += JSONValue.object(json(item)).bytes
      bytes.append(0x0A)
    }
  }

  /// Appends the line of an item.
  package func write(_ item: Item, to bytes: inout [UInt8]) {
    line(item, &bytes)
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
