package import ReflogModel

/// The manifest of an export in progress.
package struct ManifestDraft: Sendable {
  private let exportRequest: ExportRequest
  private let origin: Origin
  private let checkpoint: String?
  private let taken: Timestamp
  private let keep: @Sendable (ExportManifest) throws -> Void
  private var hash = RunningHash()
  private var rows: Int64 = 0
  private var rowHashes = RowHashes()
  private var sequences: ClosedRange<Int64>?

  /// Begins a manifest.
  ///
  /// - Parameters:
  ///   - exportRequest: The selection of exported changes, and the format of the file.
  ///   - origin: The origin of the ledger's log.
  ///   - checkpoint: The newest checkpoint, or nil if there is no checkpoint yet.
  ///   - taken: The time at which the export began.
  ///   - keep: A closure that stores the manifest. The closure is called when the whole file is written.
  package init(
    _ exportRequest: ExportRequest,
    of origin: Origin,
    checkpoint: String?,
    taken: Timestamp,
    keep: @escaping @Sendable (ExportManifest) throws -> Void
  ) {
    self.exportRequest = exportRequest
    self.origin = origin
    self.checkpoint = checkpoint
    self.taken = taken
    self.keep = keep
  }

  /// Adds the next bytes of the file, and the sequences of the changes that these bytes contain.
  ///
  /// - Parameters:
  ///   - bytes: The bytes, which are whole lines.
  ///   - starts: The positions in `bytes` at which a line begins.
  ///   - added: The sequences of the changes.
  package mutating func add(_ bytes: [UInt8], linesAt starts: [Int], sequences added: [Int64] = []) {
    hash.add(bytes)
    for (index, start) in starts.enumerated() {
      let line = bytes[start..<(index + 1 < starts.count ? starts[index + 1] : bytes.count)]
      rowHashes.add(exportRequest.format.canonicalRow(ofWritten: line))
    }
    rows += Int64(added.count)
    for sequence in added {
      let known = sequences ?? sequence...sequence
      sequences = min(known.lowerBound, sequence)...max(known.upperBound, sequence)
    }
  }

  /// Passes the finished manifest to `keep`.
  ///
  /// Call this method once, after the last bytes.
  package func finish() throws {
    try keep(
      ExportManifest(
        origin: origin,
        format: exportRequest.format.rawValue,
        options: exportRequest.manifestOptions,
        filter: exportRequest.filter,
        after: exportRequest.after?.sequence,
        rows: rows,
        firstSequence: sequences?.lowerBound,
        lastSequence: sequences?.upperBound,
        sha256: hash.hash(),
        rowsSHA256: rowHashes.hash(),
        checkpoint: checkpoint,
        taken: taken
      )
    )
  }
}
