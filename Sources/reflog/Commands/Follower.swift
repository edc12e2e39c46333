import Foundation
import ReflogFormats
import ReflogModel

/// Writes each change when the change is settled, until the command is stopped.
///
/// The follower stores the sequence of the last entry in a file. After a restart, the follower continues from the
/// stored sequence. If the command was stopped before it stored the newest sequence, some changes are written again. So
/// a program that reads the output must store changes by id.
struct Follower {
  let source: any HistorySource
  let order: ExportRequest
  /// The path of the file with the position: the sequence of the last written entry, and the name of the log.
  let stateFile: String
  let output: OutputFiles

  /// Runs until the task is cancelled or an error is thrown.
  ///
  /// If the server can't be reached, the request is repeated after a pause.
  func run() async throws {
    var progress = Progress(position: try storedPosition())
    try await Repetition.run { try await writeNewChanges(&progress) }
  }

  private struct Progress {
    /// The position of the last written entry, or nil if no entry was written.
    var position: LogPosition?
    /// True if this run or an earlier run has written the header.
    var hasHeader: Bool

    init(position: LogPosition?) {
      self.position = position
      hasHeader = position != nil
    }
  }

  private func writeNewChanges(_ progress: inout Progress) async throws {
    // The sequence is read before the export starts, so that the export contains all entries up to this sequence.
    guard let sequence = try await source.status()["newestChangeSequence"]?.wholeNumber else { return }
    let newest = LogPosition(sequence, in: try await source.origin())
    // A position contains the name of its log, so two positions in different logs are never equal. If the source has
    // another log, the export runs, and the source refuses the stored position.
    guard newest != progress.position else { return }
    try await export(&progress)
    progress.position = newest
    try await store(newest)
  }

  /// Writes every settled change that has an entry after the stored position.
  ///
  /// Only complete lines are written, even if the connection ends early. A header is written only once.
  private func export(_ progress: inout Progress) async throws {
    var order = order
    order.after = progress.position
    order.filter = (order.filter.map { "(\($0)) and " } ?? "") + "result ne 'pending'"
    var skipped = progress.hasHeader ? order.lines.header.count : 0
    var unfinished: [UInt8] = []
    try await source.export(order) { piece in
      unfinished += piece.dropFirst(skipped)
      skipped = max(0, skipped - piece.count)
      guard let end = unfinished.lastIndex(of: 0x0A) else { return }
      try Terminal.data(Data(unfinished[...end]))
      progress.hasHeader = true
      unfinished.removeSubrange(...end)
    }
    try Terminal.data(Data(unfinished))
  }

  private func storedPosition() throws -> LogPosition? {
    guard FileManager.default.fileExists(atPath: stateFile) else {
      // Without this check, the changes would be written before an error shows that the state file can't be written.
      try output.check(stateFile, replacing: true)
      return nil
    }
    let text = try GivenFile(stateFile).text().trimmingCharacters(in: .whitespacesAndNewlines)
    guard let position = LogPosition(text) else {
      throw CommandFailure(
        .refused,
        "\(stateFile) does not contain a position. Move the file to start from the first change."
      )
    }
    return position
  }

  private func store(_ position: LogPosition) async throws {
    // `replacing` is safe, because the command refuses at its start to use a file that is not a state file.
    try await output.write(stateFile, replacing: true) { file in try file.write(Data("\(position)\n".utf8)) }
  }
}
