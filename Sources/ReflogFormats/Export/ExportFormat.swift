/// In which form history is taken away.
package enum ExportFormat: String, CaseIterable, Sendable {
  case csv
  /// JSON Lines: each item as JSON shows it.
  case jsonl
  /// JSON Lines of OCSF events.
  case ocsf
  /// JSON Lines of ASIM events.
  case asim

  package var contentType: String {
    switch self {
    case .csv: "text/csv; charset=utf-8; header=present"
    case .jsonl, .ocsf, .asim: "application/jsonl; charset=utf-8"
    }
  }

  /// The name of a file in this form.
  package func fileName(_ name: String) -> String {
    switch self {
    case .csv, .jsonl: "\(name).\(rawValue)"
    case .ocsf, .asim: "\(name).\(rawValue).jsonl"
    }
  }
}
