import ReflogFormats
import ReflogModel

/// The files of a pack with the same items: one in JSON Lines and one in CSV.
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
    // Each format is written by a task of its own, so that two processors are busy.
    let (file, lines) = (csv, csvLines)
    async let written = Self.adding(items, lines, to: file)
    for item in items { json.add(item.packedID) { jsonLines.write(item, to: &$0) } }
    csv = await written
    try await json.flush(to: &output)
    try await csv.flush(to: &output)
  }

  /// Returns a file with more items. The items are not passed to an output yet.
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

/// An item that a pack contains.
protocol PackedItem {
  /// The id of the item, as in the first cell of its row.
  var packedID: String { get }
}

extension Change: PackedItem {
  var packedID: String { id.description }
}

extension ServiceEvent: PackedItem {
  var packedID: String { String(id) }
}
