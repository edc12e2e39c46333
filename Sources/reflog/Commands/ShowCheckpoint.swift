import ArgumentParser
import Foundation
import ReflogFormats
import ReflogModel

/// The command `reflog checkpoint`.
struct ShowCheckpoint: SourceCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint",
    abstract: "Prints the newest signed checkpoint of the log.",
    discussion: """
      Keep the checkpoint, and the key that --format json shows, on another machine. With both you can prove later \
      that the history up to the checkpoint is unaltered: reflog verify --key KEY --since FILE.

        reflog checkpoint > checkpoint.txt
        reflog checkpoint --format json
      """
  )

  @OptionGroup var source: SourceOptions

  @Option(help: "table shows only the checkpoint; json and csv also show the key.")
  var format: OutputFormat = .table

  func run(on source: any HistorySource) async throws {
    let body = try await source.checkpoint()
    switch format {
    case .table: try Terminal.data(body["checkpoint"]?.string ?? "")
    case .json: try Terminal.data(JSONValue.object(body).text + "\n")
    case .csv:
      let rows = ["checkpoint", "key"].map { [$0, body[$0]?.string ?? ""] }
      try Terminal.data(Data(Table(rows: rows).csv))
    }
  }
}
