import Foundation
import ReflogFormats
import ReflogLedger
import ReflogModel
import ReflogService

/// Compares an exported file with its signed manifest.
///
/// If they differ, it also compares the file with the ledger, to name the rows that differ.
struct ManifestVerification {
  /// The most rows that are named.
  private static let named = 100

  /// The path of the exported file.
  let path: String
  let manifest: ExportManifest

  /// Opens the manifest of an exported file.
  ///
  /// - Parameters:
  ///   - manifestPath: the path of the manifest: that of the file and `.manifest`.
  ///   - keys: the trusted keys.
  /// - Throws: a failure unless one of the keys signed the manifest.
  init(_ manifestPath: String, keys: [VerifierKey]) throws {
    guard manifestPath.hasSuffix(".manifest") else {
      throw CommandFailure(
        .usage,
        "\(manifestPath) does not end in .manifest. Name the FILE.manifest next to the exported FILE."
      )
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

  /// Returns what is wrong with the file; empty if the file is the exported one.
  func findings(against service: HistoryService) async throws -> [String] {
    var rows = try ExportedRows(path, format: manifest.format)
    var count: Int64 = 0
    while try rows.next() != nil { count += 1 }
    guard rows.hash.hash() != manifest.sha256 else { return [] }
    let header: Int64 = manifest.format == "csv" ? 1 : 0
    let finding =
      "\(path) is not the file that was exported at \(manifest.taken): its SHA-256 differs. It has "
      + "\(count - header) rows, and the exported file has \(manifest.rows)."
    return [finding] + (try await rowFindings(service))
  }

  /// Returns which rows are missing, added or altered; rows of changes that were purged since can't be compared.
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

  /// Returns true if the ledger has no such row at this position.
  ///
  /// Then the row has no id, has a lower id, or is after the last row of the ledger.
  private func isAhead(_ row: ExportedRows.Row, of known: LedgerRows.Row?) -> Bool {
    guard let id = row.id, let known else { return true }
    return id < known.id
  }

  /// Returns the finding for a row that the ledger does not have, or nil if its change was purged since.
  private func addition(_ row: ExportedRows.Row, _ service: HistoryService) async throws -> String? {
    guard let id = row.id else { return "A row without an id was added." }
    do {
      _ = try await service.change(id)
    } catch ServiceError.changePurged {
      return nil
    } catch ServiceError.changeNotFound {
      return "Row \(id) was added."
    }
    return "Row \(id) was added or moved."
  }

  private func nextRow(_ rows: inout ExportedRows) throws -> ExportedRows.Row? {
    guard let row = try rows.next() else { return nil }
    // The header has no id.
    return row.id == nil && row.bytes.starts(with: Array("id,".utf8)) ? try rows.next() : row
  }
}

/// The rows that the same export of the ledger has now.
private struct LedgerRows {
  /// The row of a change.
  struct Row {
    let id: Change.ID
    /// The row, or nil if the change has a newer entry than the export.
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
