import Foundation
import ReflogFormats
import ReflogLedger
import ReflogModel
import ReflogService

/// Holds an exported file against its signed manifest, and where they differ against the ledger, so that the rows can be named.
struct ManifestVerification {
  /// More are counted, and not named.
  private static let named = 100

  let path: String
  let manifest: ExportManifest

  /// Opens a manifest beside its file. Throws unless one of the keys signed it.
  init(_ manifestPath: String, keys: [VerifierKey]) throws {
    guard manifestPath.hasSuffix(".manifest") else {
      throw CommandFailure(.usage, "A manifest is FILE.manifest beside the exported FILE, not \(manifestPath).")
    }
    path = String(manifestPath.dropLast(".manifest".count))
    guard let bytes = FileManager.default.contents(atPath: manifestPath) else {
      throw CommandFailure(.refused, "\(manifestPath) can't be read.")
    }
    do {
      manifest = try ExportManifest(opening: try SignedNote(parsing: Array(bytes)), with: keys)
    } catch {
      throw CommandFailure(.unverified, "\(manifestPath): \(error)")
    }
  }

  /// What is wrong with the file; nothing where it is what was taken.
  func findings(against service: HistoryService) async throws -> [String] {
    var rows = try ExportedRows(path, format: manifest.format)
    var count: Int64 = 0
    while try rows.next() != nil { count += 1 }
    guard rows.hash.hash() != manifest.sha256 else { return [] }
    let header: Int64 = manifest.format == "csv" ? 1 : 0
    let finding =
      "\(path) is not the file that was taken at \(manifest.taken): its SHA-256 is another; it has \(count - header) rows, and "
      + "\(manifest.rows) were taken."
    return [finding] + (try await rowFindings(service))
  }

  /// Which rows are missing, added or altered, as far as the ledger still says what they were.
  private func rowFindings(_ service: HistoryService) async throws -> [String] {
    guard manifest.after == nil, let format = ExportFormat(rawValue: manifest.format),
      format == .csv || format == .jsonl,
      let last = manifest.lastSequence
    else { return [] }
    let lines = ExportLines<Change>(format, CSVStyle(options: manifest.options))
    let query = ChangeQuery(filter: try manifest.filter.map(ChangeFilter.parse))
    var expected = LedgerRows(service.export(query), lines, upTo: last)
    var rows = try ExportedRows(path, format: manifest.format)
    var found: [String] = []
    var row = try nextRow(&rows)
    var change = try await expected.next()
    while row != nil || change != nil, found.count < Self.named {
      switch (row, change) {
      case (let current?, let known?) where current.id == known.id:
        if let bytes = known.bytes, bytes != current.bytes { found.append("Row \(known.id) was altered.") }
        row = try nextRow(&rows)
        change = try await expected.next()
      case (let current?, let known) where isAhead(current, of: known):
        if let finding = try await addition(current, service) { found.append(finding) }
        row = try nextRow(&rows)
      case (_, let known?):
        if known.bytes != nil { found.append("Row \(known.id) is missing.") }
        change = try await expected.next()
      default: return found
      }
    }
    return found
  }

  /// Whether a row stands where the ledger has none: without an id, with a lower one, or behind the last.
  private func isAhead(_ row: ExportedRows.Row, of known: LedgerRows.Row?) -> Bool {
    guard let id = row.id, let known else { return true }
    return id < known.id
  }

  /// A row that the ledger does not have; one that was purged since can't be judged.
  private func addition(_ row: ExportedRows.Row, _ service: HistoryService) async throws -> String? {
    guard let id = row.id else { return "A row without an id was added." }
    do {
      _ = try await service.change(id)
    } catch ServiceError.changePurged {
      return nil
    } catch ServiceError.changeNotFound {
      return "Row \(id) was added."
    }
    return "Row \(id) was added, or is out of its place."
  }

  private func nextRow(_ rows: inout ExportedRows) throws -> ExportedRows.Row? {
    guard let row = try rows.next() else { return nil }
    // The header has no id.
    return row.id == nil && row.bytes.starts(with: Array("id,".utf8)) ? try rows.next() : row
  }
}

/// What the ledger would give for an export now, change by change.
private struct LedgerRows {
  struct Row {
    let id: Change.ID
    /// Nothing where the change has a newer entry than the export knew.
    let bytes: [UInt8]?
  }

  private var export: HistoryExport
  private let lines: ExportLines<Change>
  private let last: Int64
  private var piece: ArraySlice<Change> = []

  init(_ export: HistoryExport, _ lines: ExportLines<Change>, upTo last: Int64) {
    self.export = export
    self.lines = lines
    self.last = last
  }

  mutating func next() async throws -> Row? {
    while piece.isEmpty {
      guard let changes = try await export.next() else { return nil }
      piece = changes[...]
    }
    let change = piece.removeFirst()
    guard change.sequence <= last else { return Row(id: change.id, bytes: nil) }
    var bytes: [UInt8] = []
    lines.write(change, to: &bytes)
    return Row(id: change.id, bytes: bytes)
  }
}
