package import ReflogModel

/// The manifest of an export that is under way.
package struct ManifestDraft: Sendable {
  private let order: ExportRequest
  private let origin: Origin
  private let checkpoint: String?
  private let taken: Timestamp
  private let keep: @Sendable (ExportManifest) throws -> Void
  private var hash = RunningHash()
  private var rows: Int64 = 0
  private var sequences: ClosedRange<Int64>?

  /// - Parameters:
  ///   - checkpoint: the newest one, or nil before the first.
  ///   - keep: gets the manifest once the whole file is made.
  package init(
    _ order: ExportRequest,
    of origin: Origin,
    checkpoint: String?,
    taken: Timestamp,
    keep: @escaping @Sendable (ExportManifest) throws -> Void
  ) {
    self.order = order
    self.origin = origin
    self.checkpoint = checkpoint
    self.taken = taken
    self.keep = keep
  }

  /// Takes in the next bytes of the file, and the sequences of the changes in them.
  package mutating func add(_ bytes: [UInt8], sequences added: [Int64] = []) {
    hash.add(bytes)
    rows += Int64(added.count)
    for sequence in added {
      let known = sequences ?? sequence...sequence
      sequences = min(known.lowerBound, sequence)...max(known.upperBound, sequence)
    }
  }

  /// Hands the manifest on.
  package func finish() throws {
    try keep(
      ExportManifest(
        origin: origin,
        format: order.format.rawValue,
        options: order.style.options,
        filter: order.filter,
        after: order.after,
        rows: rows,
        firstSequence: sequences?.lowerBound,
        lastSequence: sequences?.upperBound,
        sha256: hash.hash(),
        checkpoint: checkpoint,
        taken: taken
      )
    )
  }
}
