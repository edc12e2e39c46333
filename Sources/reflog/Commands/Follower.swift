import Foundation
import ReflogHTTP
import ReflogModel

/// Hands out what is settled, as it is settled, for ever; and remembers how far it came.
///
/// What was handed out and not yet remembered when it ended comes again: takers put by id.
struct Follower {
  private static let interval = Duration.seconds(1)

  let source: any HistorySource
  let order: ExportOrder
  /// Holds the number of the last entry that was handed out, in decimal.
  let stateFile: String

  func run() async throws {
    var position = try remembered()
    while true {
      // Before the export, so that the export reaches at least as far.
      let newest = try await source.status()["newestChangeSequence"].flatMap(Self.number) ?? -1
      if newest > position ?? -1 {
        try await handOut(after: position)
        position = newest
        try await remember(newest)
      }
      try await Task.sleep(for: Self.interval)
    }
  }

  /// Everything settled with a newer entry; the first time with the header, if the format has one.
  private func handOut(after position: Int64?) async throws {
    var order = order
    order.after = position
    order.filter = (order.filter.map { "(\($0)) and " } ?? "") + "result ne 'pending'"
    var header = position == nil ? 0 : order.lines.header.count
    try await source.export(order) { piece in
      try Talk.data(piece.dropFirst(header))
      header = max(0, header - piece.count)
    }
  }

  private func remembered() throws -> Int64? {
    guard FileManager.default.fileExists(atPath: stateFile) else { return nil }
    let text = try String(contentsOfFile: stateFile, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    guard let position = Int64(text), position >= 0 else {
      throw CommandFailure(.refused, "\(stateFile) holds no sequence. Move it away to begin anew.")
    }
    return position
  }

  private func remember(_ position: Int64) async throws {
    try await WholeFile.write(stateFile) { file in try file.write(Data("\(position)\n".utf8)) }
  }

  private static func number(_ value: JSONValue) -> Int64? {
    if case .number(let text) = value { Int64(text) } else { nil }
  }
}
