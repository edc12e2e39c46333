package import ReflogModel

/// How changes are written, line by line, into a file that somebody takes away.
package enum ChangeFormat: Sendable {
  case csv(ChangeCSV)
  /// JSON Lines: each change as JSON shows it.
  case jsonl
  /// JSON Lines of OCSF events.
  case ocsf
  /// JSON Lines of ASIM events.
  case asim

  /// What stands before the first change.
  package var header: [UInt8] {
    switch self {
    case .csv(let csv): csv.header
    case .jsonl, .ocsf, .asim: []
    }
  }

  /// Appends the line of a change.
  package func write(_ change: Change, to bytes: inout [UInt8]) {
    switch self {
    case .csv(let csv): csv.write(change, to: &bytes)
    case .jsonl: Self.write(change.json, to: &bytes)
    case .ocsf: Self.write(change.ocsf, to: &bytes)
    case .asim: Self.write(change.asim, to: &bytes)
    }
  }

  private static func write(_ object: JSONObject, to bytes: inout [UInt8]) {
    bytes += JSONValue.object(object).bytes
    bytes.append(0x0A)
  }
}
