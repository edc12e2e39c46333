import ReflogFormats
import ReflogModel

/// Computes the description of a file for the manifest of an evidence pack, while the file is written.
struct FileRecord: Sendable {
  let name: String
  let format: EvidenceManifest.File.Format
  private var hash = RunningHash()
  private var byteCount: Int64 = 0
  private var rows = RowHashes()
  private let hasRows: Bool

  /// Begins the description of a file without rows.
  init(text name: String) {
    (self.name, format, hasRows) = (name, .text, false)
  }

  /// Begins the description of a file that contains rows.
  init(rows name: String, _ format: EvidenceManifest.File.Format) {
    (self.name, self.format, hasRows) = (name, format, true)
  }

  /// Adds the next bytes of the file.
  mutating func add(_ bytes: [UInt8]) {
    hash.add(bytes)
    byteCount += Int64(bytes.count)
  }

  /// Adds a row in the form that `RowHashes` describes, and returns the hash of the row.
  mutating func add(row: ArraySlice<UInt8>) -> Hash { rows.add(row) }

  /// The description of the whole file.
  var file: EvidenceManifest.File {
    EvidenceManifest.File(
      name: name,
      format: format,
      byteCount: byteCount,
      sha256: hash.hash(),
      rows: hasRows ? rows.count - (format == .csv ? 1 : 0) : nil,
      rowsSHA256: hasRows ? rows.hash() : nil
    )
  }
}
