import ReflogFormats
import ReflogModel

/// Two files of an evidence pack that contain the same items: a file in JSON Lines and a file in CSV.
///
/// Both files are written in one pass over the items.
struct ItemFiles<Item: Exported & PackedItem> {
  private var json: RowFile
  private var csv: RowFile
  private let jsonLines = ExportLines<Item>.jsonLines
  private let csvLines = ExportLines<Item>.csv

  /// Begins the files.
  ///
  /// - Parameter name: The name of the files without their extensions.
  init(_ name: String) {
    json = RowFile(name + ".jsonl", .jsonl)
    csv = RowFile(name + ".csv", .csv)
    let header = csvLines.header
    csv.add(Item.columns[0].name) { $0 += header }
  }

  /// Appends items to both files.
  @concurrent
  mutating func append(_ items: [Item], to output: inout some EvidenceOutput) async throws {
    // A separate task writes each format, so that two processors can work at the same time.
    let (file, lines) = (csv, csvLines)
    async let written = Self.adding(items, lines, to: file)
    for item in items { json.add(item.packedID) { jsonLines.write(item, to: &$0) } }
    csv = await written
    try await json.flush(to: &output)
    try await csv.flush(to: &output)
  }

  /// Adds items to a copy of a file, and returns the copy.
  ///
  /// The lines of the items are kept in the copy until the copy is written to an output.
  @concurrent
  private static func adding(_ items: [Item], _ lines: ExportLines<Item>, to file: RowFile) async -> RowFile {
    var file = file
    for item in items { file.add(item.packedID) { lines.write(item, to: &$0) } }
    return file
  }

  /// Ends both files.
  @concurrent
  mutating func end(in output: inout some EvidenceOutput) async throws {
    try await append([], to: &output)
    try await json.end(in: &output)
    try await csv.end(in: &output)
  }

  /// The descriptions of the files and of the lists of their rows.
  var files: [EvidenceManifest.File] { json.files + csv.files }
}

/// An item that an evidence pack contains.
protocol PackedItem {
  /// The id of the item.
  ///
  /// In CSV, the id is the first cell of the item's row.
  var packedID: String { get }
}

extension Change: PackedItem {
  var packedID: String { id.description }
}

extension ServiceEvent: PackedItem {
  var packedID: String { String(id) }
}
