import Foundation
import ReflogModel

/// Compares the rows of a file with the hashes of the rows that Reflog wrote.
struct RowComparison {
  /// The maximum number of rows that the report identifies.
  private static let maximumReportedRows = 100
  /// The maximum length, in characters, of an id in a message.
  private static let longestID = 60

  /// The ids of the rows that Reflog wrote, and the first digits of the hash of each row.
  struct List {
    fileprivate var ids: [Substring] = []
    fileprivate var hashes: [Substring] = []

    /// Reads the list of a file's rows.
    init(_ text: String) {
      for line in text.split(separator: "\n") {
        guard let space = line.lastIndex(of: " ") else { continue }
        ids.append(line[..<space])
        hashes.append(line[line.index(after: space)...])
      }
    }
  }

  let name: String
  let format: EvidenceManifest.File.Format
  /// The number of rows without the header, as the manifest states it.
  let rowCount: Int64
  /// The hash of all rows, as the manifest states it, or nil if the manifest states no such hash.
  let rowsSHA256: Hash?
  /// The list of the rows, or nil if there is none or it does not match its hash in the manifest.
  let list: List?
  /// The time at which the file was exported, or nil if the file belongs to a pack.
  var exported: Timestamp?

  private var isCSV: Bool { format == .csv }

  /// Compares all rows, and adds the result to a report.
  func run(_ rows: GivenRows, _ report: inout FileReport) throws {
    var rows = rows
    let positions = list.map { Dictionary(zip($0.ids, $0.ids.indices)) { first, _ in first } } ?? [:]
    var isSeen = [Bool](repeating: false, count: list?.ids.count ?? 0)
    var (hashes, found, number, highest) = (RowHashes(), [String](), 0, -1)
    while let row = try rows.next() {
      number += 1
      let hash = hashes.add(row.spelling[...])
      guard let list, found.count <= Self.maximumReportedRows else { continue }
      let what = "row \(number) (\(title(row.id, number)))"
      guard let position = positions[Substring(row.id)] else {
        found.append("\(what) was added.")
        continue
      }
      guard !isSeen[position] else {
        found.append("\(what) repeats an earlier row.")
        continue
      }
      isSeen[position] = true
      if !hash.hexadecimal.hasPrefix(list.hashes[position]) {
        found.append("\(what) was altered.")
      } else if position < highest {
        found.append("\(what) was moved.")
      }
      highest = max(highest, position)
    }
    if let rowsSHA256, hashes.hash() == rowsSHA256 {
      return report.addForm("\(name): \(FormDifference.sentence(rows.differences, andThe: "rows agree"))")
    }
    let count = max(0, number - (isCSV ? 1 : 0))
    let rowsFound = "\(count) rows\(isCSV ? " below the header" : "")"
    report.add(
      exported.map { taken in
        "\(name) is not the file that was exported at \(taken): its SHA-256 differs. It has \(rowsFound), and the "
          + "exported file has \(rowCount)."
      } ?? "\(name): the file was altered. It has \(rowsFound), and the written file has \(rowCount)."
    )
    for (position, isSeen) in isSeen.enumerated() where !isSeen && found.count <= Self.maximumReportedRows {
      let isHeader = isCSV && position == 0
      found.append(isHeader ? "the header is missing." : "the row with id \(list?.ids[position] ?? "") is missing.")
    }
    for line in found.prefix(Self.maximumReportedRows) { report.add("\(name): \(line)") }
    if found.count > Self.maximumReportedRows { report.add("\(name): more rows differ.") }
  }

  private func title(_ id: String, _ number: Int) -> String {
    if isCSV, number == 1 { return "the header" }
    return id.isEmpty ? "no id" : "id \(id.prefix(Self.longestID).description.printable)"
  }
}
