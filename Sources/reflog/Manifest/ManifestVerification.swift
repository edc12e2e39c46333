import Foundation
import ReflogFormats
import ReflogLedger
import ReflogModel
import ReflogService

/// Compares an exported file with its signed manifest.
///
/// If the hash of the file differs, the file is also compared with the ledger to find the rows that differ.
struct ManifestVerification {
  /// The maximum number of rows that are reported.
  private static let named = 100

  /// The path of the exported file.
  let path: String
  let manifest: ExportManifest

  /// Opens the manifest of an exported file.
  ///
  /// - Parameters:
  ///   - manifestPath: the path of the manifest, which is the path of the exported file followed by `.manifest`.
  ///   - keys: the trusted keys.
  /// - Throws: a failure if the manifest can't be read or no trusted key signed it.
  init(_ manifestPath: String, keys: [VerifierKey]) throws {
    guard manifestPath.hasSuffix(".manifest") else {
      throw CommandFailure(
        .usage,
        "\(manifestPath) does not end in .manifest. Use the path of FILE.manifest in the folder of the exported FILE."
      )
    }
    path = String(manifestPath.dropLast(".manifest".count))
    let file = try GivenFile(manifestPath)
    let note = try file.note()
    do { _ = try ExportManifest(text: note.text) } catch { throw file.unreadable("\(error)") }
    do {
      manifest = try ExportManifest(opening: note, with: keys)
    } catch {
      throw CommandFailure(.unverified, "\(manifestPath): \(error)")
    }
  }

  /// Returns the differences between this file and the file that was exported, or empty if this file is unaltered.
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

  /// Returns a finding for each row that is missing, added or altered.
  ///
  /// Rows of changes that were purged after the export can't be compared.
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

  /// Returns true if the row is not in the ledger at this position.
  ///
  /// The result is true if the row has no id, if the row's id is lower than the id of the ledger's next row, or if the
  /// ledger has no more rows.
  private func isAhead(_ row: ExportedRows.Row, of known: LedgerRows.Row?) -> Bool {
    guard let id = row.id, let known else { return true }
    return id < known.id
  }

  /// Returns the finding for a row that is not in the ledger, or nil if the row's change was purged after the export.
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
    // The header of a CSV file has no id. The header is not a change, so it is skipped.
    return row.id == nil && row.bytes.starts(with: Array("id,".utf8)) ? try rows.next() : row
  }
}

/// The rows of a new export of the ledger, with the filter and the format that the manifest contains.
private struct LedgerRows {
  /// The row of a change.
  struct Row {
    let id: Change.ID
    /// The bytes of the row, or nil if the change got a newer entry after the export.
    ///
    /// The newer entry can change the row, so the row can't be compared.
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
