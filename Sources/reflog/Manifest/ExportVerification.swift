import Foundation
import ReflogFormats
import ReflogLedger
import ReflogModel
import ReflogService

/// Compares an exported file with its signed manifest.
///
/// If a ledger is given, the comparison also finds the rows that differ from the ledger.
struct ExportVerification {
  /// The maximum number of rows that are reported.
  private static let maximumReportedRows = 100

  /// The path of the exported file.
  let path: String
  private let manifest: ExportManifest

  /// Creates the comparison.
  ///
  /// - Parameters:
  ///   - manifestPath: The path of the manifest, which is the path of the exported file followed by `.manifest`.
  ///   - manifest: The manifest. The caller has already checked the signature of the manifest.
  init(_ manifestPath: String, _ manifest: ExportManifest) {
    path = String(manifestPath.dropLast(".manifest".count))
    self.manifest = manifest
  }

  private var format: EvidenceManifest.File.Format { manifest.format == "csv" ? .csv : .jsonl }

  private func rows() throws -> GivenRows {
    try GivenRows(path, format, hasMark: CSVStyle(options: manifest.options).isForExcel)
  }

  /// Compares the file with the manifest.
  func report() throws -> FileReport {
    var report = FileReport()
    guard let hash = try PackVerification.hash(ofFileAt: path) else { throw CommandFailure.unreadable(path) }
    guard hash != manifest.sha256 else { return report }
    try refuseOtherEncoding()
    let comparison = RowComparison(
      name: path,
      format: format,
      rowCount: manifest.rows,
      rowsSHA256: manifest.rowsSHA256,
      list: nil,
      exported: manifest.taken
    )
    try comparison.run(try rows(), &report)
    return report
  }

  /// Throws a failure if the file has another encoding than UTF-8. The comparison would otherwise report every row as
  /// altered.
  private func refuseOtherEncoding() throws {
    let start = try FileHandle(forReadingAtPath: path)?.read(upToCount: 4) ?? Data()
    do { _ = try TextEncoding.withoutByteOrderMark(start) } catch {
      throw CommandFailure(.usage, "\(path) cannot be read: \(error).")
    }
  }

  /// Compares the file with the manifest and, if the file differs, with the ledger.
  func report(against service: HistoryService) async throws -> FileReport {
    var report = try report()
    guard !report.findings.isEmpty else { return report }
    for finding in try await rowFindings(service) { report.add(finding) }
    return report
  }

  /// Returns a finding for each row that is missing, added or altered.
  ///
  /// There is no finding for a row whose change was purged, got a newer entry, or had its personal data erased after
  /// the export, because such a row can't be compared.
  private func rowFindings(_ service: HistoryService) async throws -> [String] {
    guard manifest.after == nil, let format = ExportFormat(rawValue: manifest.format),
      format == .csv || format == .jsonl,
      let last = manifest.lastSequence
    else { return [] }
    let lines = ExportLines<Change>(format, CSVStyle(options: manifest.options))
    let query = ChangeQuery(
      filter: try manifest.filter.map(ChangeFilter.parse),
      includesImpact: ExportRequest.includesImpact(inManifestOptions: manifest.options)
    )
    var expected = LedgerRows(service.export(query), format, lines, upTo: last, taken: manifest.taken)
    var rows = try rows()
    var found: [String] = []
    var row = try nextRow(&rows)
    var change = try await expected.next()
    while row != nil || change != nil, found.count < Self.maximumReportedRows {
      switch (row, change) {
      case (let current?, let known?) where current.id == known.id:
        if let spelling = known.spelling, spelling != current.spelling { found.append("Row \(known.id) was altered.") }
        row = try nextRow(&rows)
        change = try await expected.next()
      case (let current?, let known) where isAhead(current, of: known):
        if let finding = try await addition(current, service, upTo: last) { found.append(finding) }
        row = try nextRow(&rows)
      case (_, let known?):
        if known.spelling != nil { found.append("Row \(known.id) is missing.") }
        change = try await expected.next()
      default: return found
      }
    }
    return found
  }

  /// A row of the exported file.
  private struct Row {
    /// The change's id, or nil if the row does not start with an id.
    let id: Change.ID?
    /// The row in the form in which Reflog writes it, so that rows can be compared even if another program saved the
    /// file.
    let spelling: ArraySlice<UInt8>
  }

  /// Returns true if the exported file has a row that the ledger does not have at this position.
  ///
  /// The result is true if the row has no id, if the row's id is lower than the id of the ledger's next row, or if the
  /// ledger has no more rows.
  private func isAhead(_ row: Row, of known: LedgerRows.Row?) -> Bool {
    guard let id = row.id, let known else { return true }
    return id < known.id
  }

  /// Returns the finding for a row that a new export does not have.
  ///
  /// The result is nil if something that happened after the export can be the cause. Either the change was purged, or
  /// it was recorded differently, so that the filter no longer selects it.
  private func addition(_ row: Row, _ service: HistoryService, upTo last: Int64) async throws -> String? {
    guard let id = row.id else { return "A row without an id was added." }
    do {
      guard try await service.change(id).isComparable(to: manifest.taken, upTo: last) else { return nil }
    } catch ServiceError.changePurged {
      return nil
    } catch ServiceError.changeNotFound {
      return "Row \(id) was added."
    }
    return "Row \(id) was added or moved."
  }

  private func nextRow(_ rows: inout GivenRows) throws -> Row? {
    guard let row = try rows.next() else { return nil }
    // The header of a CSV file is not a change, so it is skipped. Its first cell is not an id, but the name of the
    // column.
    guard Change.ID(row.id) == nil, row.spelling.starts(with: Array("id,".utf8)) else {
      return Row(id: Change.ID(row.id), spelling: row.spelling[...])
    }
    return try rows.next().map { Row(id: Change.ID($0.id), spelling: $0.spelling[...]) }
  }
}

/// The rows that a new export from the ledger has, with the filter and the format from the manifest.
private struct LedgerRows {
  /// The row of a change.
  struct Row {
    let id: Change.ID
    /// The row in its usual spelling.
    ///
    /// The value is nil if the change got a newer entry after the export, or if its personal data was erased after the
    /// export. The row of a new export is then different, so the two rows can't be compared.
    let spelling: ArraySlice<UInt8>?
  }

  private var export: HistoryExport
  private let lines: ExportLines<Change>
  private let format: ExportFormat
  private let last: Int64
  private let taken: Timestamp
  private var piece: ArraySlice<Change> = []

  init(
    _ export: HistoryExport,
    _ format: ExportFormat,
    _ lines: ExportLines<Change>,
    upTo last: Int64,
    taken: Timestamp
  ) {
    self.taken = taken
    self.export = export
    self.format = format
    self.lines = lines
    self.last = last
  }

  mutating func next() async throws -> Row? {
    while piece.isEmpty {
      guard let changes = try await export.next() else { return nil }
      piece = changes[...]
    }
    let change = piece.removeFirst()
    guard change.isComparable(to: taken, upTo: last) else { return Row(id: change.id, spelling: nil) }
    var bytes: [UInt8] = []
    lines.write(change, to: &bytes)
    return Row(id: change.id, spelling: format.canonicalRow(ofWritten: bytes[...]))
  }
}

extension Change {
  /// Returns whether this change is as it was at the time of an export.
  ///
  /// - Parameters:
  ///   - taken: The time of the export. If personal data was erased later, the result is false.
  ///   - last: The sequence of the last entry in the export. If the change got a newer entry, the result is false.
  fileprivate func isComparable(to taken: Timestamp, upTo last: Int64) -> Bool {
    let erasures = [erased, outcome?.erased, override?.erased].compactMap(\.self)
    return sequence <= last && erasures.allSatisfy { $0.dateTime < taken }
  }
}
