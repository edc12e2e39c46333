package import ReflogModel

/// How changes are written, line by line, into a file that somebody takes away.
package enum ChangeFormat: Sendable {
  case csv(ChangeCSV)
  /// JSON Lines: each change as JSON shows it.
  case jsonl

  package var header: String {
    switch self {
    case .csv(let csv): csv.header
    case .jsonl: ""
    }
  }

  package func line(of change: Change) -> String {
    switch self {
    case .csv(let csv): csv.line(of: change)
    case .jsonl: JSONValue.object(change.json).text + "\n"
    }
  }
}
