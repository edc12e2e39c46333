package import ReflogService

/// History as a file, piece by piece.
package struct ChangePieces: ExportPieces {
  private let export: HistoryExport
  private let format: ChangeFormat

  package init(_ export: HistoryExport, _ format: ChangeFormat) {
    self.export = export
    self.format = format
  }

  package var header: [UInt8] { format.header }

  @concurrent
  package func next() async throws -> (piece: [UInt8], rest: ChangePieces)? {
    var export = export
    guard let changes = try await export.next() else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(changes.count * 600)
    for change in changes { format.write(change, to: &bytes) }
    return (bytes, ChangePieces(export, format))
  }
}
