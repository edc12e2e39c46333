import ReflogModel

/// The format of an export.
package enum ExportFormat: String, CaseIterable, Sendable {
  /// CSV, one line per item.
  case csv
  /// JSON Lines, one object per item, with the members of the history API.
  case jsonl
  /// JSON Lines of OCSF events.
  case ocsf
  /// JSON Lines of ASIM events.
  case asim

  /// The media type of a file in this format.
  package var contentType: String {
    switch self {
    case .csv: "text/csv; charset=utf-8; header=present"
    case .jsonl, .ocsf, .asim: "application/jsonl; charset=utf-8"
    }
  }

  /// The extension of a file in this format, without a dot in front.
  package var ending: String {
    switch self {
    case .csv, .jsonl: rawValue
    case .ocsf, .asim: "\(rawValue).jsonl"
    }
  }

  /// Returns the usual spelling of a line that was written in this format, without the end of the line.
  ///
  /// The hash of a row in a manifest is the hash of this spelling.
  package func canonicalRow(ofWritten line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    switch self {
    case .csv: CanonicalRow.bytes(ofWritten: line.starts(with: TextEncoding.byteOrderMark) ? line.dropFirst(3) : line)
    case .jsonl, .ocsf, .asim: line.dropLast()
    }
  }
}
