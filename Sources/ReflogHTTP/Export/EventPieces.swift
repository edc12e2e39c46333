import ReflogModel
import ReflogService

/// What happened to Reflog itself as a file, piece by piece.
struct EventPieces: ExportPieces {
  enum Format {
    case csv(EventCSV)
    /// JSON Lines: each event as JSON shows it.
    case jsonl
  }

  let export: EventExport
  let format: Format

  var header: [UInt8] {
    switch format {
    case .csv(let csv): csv.header
    case .jsonl: []
    }
  }

  func next() async throws -> (piece: [UInt8], rest: EventPieces)? {
    var export = export
    guard let events = try await export.next() else { return nil }
    var bytes: [UInt8] = []
    for event in events {
      switch format {
      case .csv(let csv): csv.write(event, to: &bytes)
      case .jsonl:
        bytes += JSONValue.object(event.json).bytes
        bytes.append(0x0A)
      }
    }
    return (bytes, EventPieces(export: export, format: format))
  }
}
