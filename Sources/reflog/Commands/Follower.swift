import Foundation
import ReflogFormats
import ReflogModel

/// Hands out what is settled, as it is settled, for ever; and remembers how far it came.
///
/// What was handed out and not yet remembered when it ended comes again: takers put by id.
struct Follower {
  private static let interval = Duration.seconds(1)
  /// How long until a server that can't be reached is tried again, at most.
  private static let longestPause = Duration.seconds(60)

  let source: any HistorySource
  let order: ExportRequest
  /// Holds the number of the last entry that was handed out, in decimal.
  let stateFile: String

  func run() async throws {
    var (progress, pause) = (Progress(position: try remembered()), Self.interval)
    while true {
      do {
        try await goOn(from: &progress)
        pause = Self.interval
      } catch let failure as CommandFailure where failure.exitCode == .tryAgain {
        Terminal.say("\(failure.message) It is tried again in \(pause).")
        pause = min(pause * 2, Self.longestPause)
      }
      try await Task.sleep(for: pause)
    }
  }

  private struct Progress {
    /// The last entry that was handed out.
    var position: Int64?
    /// Whether the header was, in this run or before it.
    var hasHeader: Bool

    init(position: Int64?) {
      self.position = position
      hasHeader = position != nil
    }
  }

  private func goOn(from progress: inout Progress) async throws {
    // Before the export, so that the export reaches at least as far.
    let newest = try await source.status()["newestChangeSequence"]?.wholeNumber ?? -1
    if newest > progress.position ?? -1 {
      try await handOut(&progress)
      progress.position = newest
      try await remember(newest)
    }
  }

  /// Everything settled with a newer entry, in whole lines, even where the server breaks off; the header, if the format has one,
  /// once.
  private func handOut(_ progress: inout Progress) async throws {
    var order = order
    order.after = progress.position
    order.filter = (order.filter.map { "(\($0)) and " } ?? "") + "result ne 'pending'"
    var skipped = progress.hasHeader ? order.lines.header.count : 0
    var begun: [UInt8] = []
    try await source.export(order) { piece in
      begun += piece.dropFirst(skipped)
      skipped = max(0, skipped - piece.count)
      guard let end = begun.lastIndex(of: 0x0A) else { return }
      try Terminal.data(Data(begun[...end]))
      progress.hasHeader = true
      begun.removeSubrange(...end)
    }
    try Terminal.data(Data(begun))
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
}
