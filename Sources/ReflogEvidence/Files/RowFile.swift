import ReflogFormats
import ReflogModel

/// A file with rows in an evidence pack, together with a second file: the list of the rows.
///
/// The list has one line for each row: the id of the row, a space, and the first 16 hexadecimal digits of the row's
/// hash. With the list, an auditor of a copy finds which rows were altered, added, moved or removed.
struct RowFile: Sendable {
  /// The folder that contains the lists of rows.
  static let listFolder = "rows/"
  /// The number of bytes of a row's hash that a list contains.
  ///
  /// The list has two hexadecimal digits for each byte.
  private static let listedByteCount = 8
  private static let digits = Array("0123456789abcdef".utf8)

  private(set) var record: FileRecord
  private(set) var listRecord: FileRecord
  private let format: EvidenceManifest.File.Format
  private var lines: [UInt8] = []
  private var list: [UInt8] = []

  /// Begins a file and the list of its rows.
  init(_ name: String, _ format: EvidenceManifest.File.Format) {
    record = FileRecord(rows: name, format)
    listRecord = FileRecord(text: Self.listFolder + name)
    self.format = format
  }

  /// Adds a row to the file, and a line for this row to the list.
  ///
  /// - Parameters:
  ///   - id: The id of the row. In CSV, the id is the first cell of the row.
  ///   - write: A closure that appends the row with the end of its line.
  mutating func add(_ id: String, _ write: (inout [UInt8]) -> Void) {
    let start = lines.count
    write(&lines)
    let hash = record.add(row: canonicalRow(lines[start...]))
    list += id.utf8
    list.append(UInt8(ascii: " "))
    hash.withUnsafeBytes { bytes in
      for byte in bytes.prefix(Self.listedByteCount) {
        list.append(Self.digits[Int(byte >> 4)])
        list.append(Self.digits[Int(byte & 15)])
      }
    }
    list.append(0x0A)
  }

  private func canonicalRow(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    (format == .csv ? ExportFormat.csv : ExportFormat.jsonl).canonicalRow(ofWritten: line)
  }

  /// Writes all rows that are not written yet, and the lines of the list for these rows, to the output.
  @concurrent
  mutating func flush(to output: inout some EvidenceOutput) async throws {
    record.add(lines)
    try await output.append(lines, to: record.name)
    lines.removeAll(keepingCapacity: true)
    listRecord.add(list)
    try await output.append(list, to: listRecord.name)
    list.removeAll(keepingCapacity: true)
  }

  /// Ends the file and the list of the rows.
  @concurrent
  mutating func end(in output: inout some EvidenceOutput) async throws {
    try await output.end(record.name)
    try await output.end(listRecord.name)
  }

  /// The descriptions of the file and of the list of the rows.
  var files: [EvidenceManifest.File] { [record.file, listRecord.file] }
}
