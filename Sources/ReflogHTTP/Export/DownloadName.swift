import ReflogFormats
import ReflogModel

/// The name of a downloaded file.
///
/// For example: `reflog-changes-B2C_1_signup-2026-07-01-to-2026-09-30-taken-2026-11-23.csv`. The name shows which
/// records the file contains, on which day it was made, and its format. Days and times are in UTC.
struct DownloadName {
  /// The name, which can contain letters and digits of every language.
  let text: String

  /// The maximum length of a part, in Unicode scalars.
  private static let partLength = 60

  /// Creates a name from parts. Parts that are nil are left out.
  ///
  /// - Parameters:
  ///   - parts: The parts of the name, in order.
  ///   - taken: The time at which the file was made, or nil to leave out the day.
  ///   - ending: The extension, without a dot in front.
  init(_ parts: [String?], taken: Timestamp?, ending: String) {
    let all: [String?] = ["reflog"] + parts + [taken.map { "taken-" + $0.day }]
    text = all.compactMap { $0.map(Self.safe) }.filter { !$0.isEmpty }.joined(separator: "-") + "." + ending
  }

  /// Creates the name of an export of changes.
  init(_ request: ExportRequest, _ filter: ChangeFilter?, taken: Timestamp) {
    let selection = Selection(filter)
    self.init(
      [
        "changes", selection.flow, selection.period, selection.isOther ? "filtered" : nil,
        filter == nil && request.after == nil ? "all" : nil, request.after.map { "after-\($0.sequence)" },
        request.style.isForExcel ? "excel" : nil,
      ],
      taken: taken,
      ending: request.format.ending
    )
  }

  /// The value of the header `Content-Disposition` (RFC 6266).
  ///
  /// Old programs read `filename`, whose characters are ASCII. All other programs read `filename*`.
  var disposition: String {
    let ascii = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isASCII ? $0 : "_" }))
    return "attachment; filename=\"\(ascii)\"; filename*=UTF-8''\(text.percentEncoded())"
  }

  /// Returns a part without characters that have a meaning in a path or a header.
  private static func safe(_ part: String) -> String {
    var safe: [Unicode.Scalar] = []
    for scalar in part.unicodeScalars.prefix(partLength) {
      let properties = scalar.properties
      if properties.isAlphabetic || properties.numericType != nil || scalar == "." || scalar == "_" {
        safe.append(scalar)
      } else if safe.last != "-" {
        safe.append("-")
      }
    }
    func isEdge(_ scalar: Unicode.Scalar) -> Bool { scalar == "-" || scalar == "." }
    let trimmed = safe.drop(while: isEdge).reversed().drop(while: isEdge).reversed()
    return String(String.UnicodeScalarView(trimmed))
  }
}

/// The conditions of a filter that are shown in the name of a file.
private struct Selection {
  /// The id of a flow, or a part of the id.
  private(set) var flow: String?
  private var since: Timestamp?
  private var until: Timestamp?
  private var hasFlowType = false
  /// Whether the filter has conditions that the name does not show.
  private(set) var isOther = false

  init(_ filter: ChangeFilter?) {
    if let filter { read(filter) }
    // The name never shows a condition on the flow type. This condition matters only if the name shows no id of a flow,
    // because the id of a flow shows the flow type too.
    if hasFlowType && flow == nil { isOther = true }
  }

  private mutating func read(_ filter: ChangeFilter) {
    switch filter {
    case .and(let left, let right):
      read(left)
      read(right)
    case .comparison(.plain(.flowId), .eq, .text(let id)) where flow == nil: flow = id
    case .contains(.plain(.flowId), let part) where flow == nil: flow = part
    case .comparison(.plain(.flowType), .eq, _): hasFlowType = true
    case .comparison(.plain(.activityDateTime), .ge, .time(let time)) where since == nil: since = time
    case .comparison(.plain(.activityDateTime), .lt, .time(let time)) where until == nil: until = time
    default: isOther = true
    }
  }

  /// The period of the changes, or nil if the filter has no period.
  var period: String? {
    let end = until.map { $0.isMidnight ? $0.before(.microseconds(1)).day : $0.compact }
    let start = since.map { $0.isMidnight ? $0.day : $0.compact }
    return switch (start, end) {
    case (nil, nil): nil
    case (let start?, nil): "from-\(start)"
    case (nil, let end?): "to-\(end)"
    case (let start?, let end?): "\(start)-to-\(end)"
    }
  }
}

extension Timestamp {
  /// The day in UTC, for example `2026-11-23`.
  fileprivate var day: String { String(description.prefix(10)) }

  /// The time without characters that some file systems refuse, for example `2026-11-23T091502Z`.
  fileprivate var compact: String { String(description.prefix(19).filter { $0 != ":" }) + "Z" }

  /// Whether the time is the first moment of a day in UTC.
  fileprivate var isMidnight: Bool { microseconds % 86_400_000_000 == 0 }
}
