package import ReflogModel
package import ReflogService

/// History as a file, piece by piece.
package struct ChangePieces: ExportPieces {
  private var export: HistoryExport
  private let format: ChangeFormat
  private var manifest: ManifestDraft?

  /// - Parameter manifest: what is to be signed once the last piece was made; nothing where nobody asked for that.
  package init(_ export: HistoryExport, _ format: ChangeFormat, manifest: ManifestDraft? = nil) {
    self.export = export
    self.format = format
    self.manifest = manifest
    self.manifest?.add(format.header)
  }

  package var header: [UInt8] { format.header }

  @concurrent
  package func next() async throws -> (piece: [UInt8], rest: ChangePieces)? {
    var rest = self
    guard let changes = try await rest.export.next() else {
      try manifest?.finish()
      return nil
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(changes.count * 600)
    for change in changes { format.write(change, to: &bytes) }
    rest.manifest?.add(bytes, of: changes)
    return (bytes, rest)
  }
}

/// The manifest of an export that is under way.
package struct ManifestDraft: Sendable {
  /// What is known from the beginning.
  package struct Order: Sendable {
    package let origin: Origin
    package let format: String
    package let options: [String]
    package let filter: String?
    package let after: Int64?
    package let checkpoint: String?
    package let taken: Timestamp
  }

  private let order: Order
  private let keep: @Sendable (ExportManifest) throws -> Void
  private var hash = RunningHash()
  private var rows: Int64 = 0
  private var sequences: ClosedRange<Int64>?

  /// - Parameter keep: gets the manifest once all of the file was made.
  package init(_ order: Order, keep: @escaping @Sendable (ExportManifest) throws -> Void) {
    self.order = order
    self.keep = keep
  }

  mutating func add(_ bytes: [UInt8], of changes: [Change] = []) {
    hash.add(bytes)
    rows += Int64(changes.count)
    for change in changes {
      let known = sequences ?? change.sequence...change.sequence
      sequences = min(known.lowerBound, change.sequence)...max(known.upperBound, change.sequence)
    }
  }

  func finish() throws {
    try keep(
      ExportManifest(
        origin: order.origin,
        format: order.format,
        options: order.options,
        filter: order.filter,
        after: order.after,
        rows: rows,
        firstSequence: sequences?.lowerBound,
        lastSequence: sequences?.upperBound,
        sha256: hash.hash(),
        checkpoint: order.checkpoint,
        taken: order.taken
      )
    )
  }
}
