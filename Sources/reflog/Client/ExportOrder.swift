import ReflogHTTP
import ReflogModel

/// What is taken away of history, and in which form.
struct ExportOrder {
  var format = ExportFormat.csv
  /// Leave cells as they are that a spreadsheet would run; CSV alone.
  var isRaw = false
  /// As Excel reads it; CSV alone.
  var isForExcel = false
  var filter: String?
  /// Only what has a newer entry than this.
  var after: Int64?

  /// How changes are written.
  var lines: ChangeFormat {
    switch format {
    case .csv: .csv(ChangeCSV(CSVStyle(isRaw: isRaw, isForExcel: isForExcel)))
    case .jsonl: .jsonl
    case .ocsf: .ocsf
    case .asim: .asim
    }
  }

  /// The same as the query of a URL.
  var query: String {
    var options = ["$format=\(format.rawValue)"]
    if isRaw { options.append("raw=true") }
    if isForExcel { options.append("excel=true") }
    if let filter { options.append("$filter=" + filter.percentEncoded()) }
    if let after { options.append("after=\(after)") }
    return options.joined(separator: "&")
  }
}
