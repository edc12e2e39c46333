import ReflogModel

/// How items are written, line by line, into a file that somebody takes away.
package struct ExportLines<Item: Exported>: Sendable {
  /// What stands before the first line.
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
  /// Nil if service events have no such form.
  package init?(_ format: ExportFormat, _ style: CSVStyle) {
    switch format {
    case .csv: self.init(CSV(style))
    case .jsonl: self.init(\.json)
    case .ocsf, .asim: return nil
    }
  }
}
