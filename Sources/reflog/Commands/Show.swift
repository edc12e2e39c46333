import ArgumentParser
import Foundation
import ReflogModel

/// The command `reflog show`.
struct Show: SourceCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows all recorded facts about one change.",
    discussion: """
        reflog show 17
        reflog show 17 --proof receipt.tlog-proof

      --proof writes the change's receipt. With the receipt and the log's key, another program can prove that the log \
      contains the change.
      """
  )

  @Argument(help: "The change's id.")
  var id: Change.ID

  @Option(help: "Write the change's receipt (C2SP tlog-proof) to this file.")
  var proof: String?

  @Flag(help: "Replace an existing receipt file.")
  var force = false

  @OptionGroup var source: SourceOptions
  @OptionGroup var output: OutputOptions

  func run(on source: any HistorySource) async throws {
    if let proof {
      let receipt = try await source.proof(id)
      let files = OutputFiles(besidesLedgerAt: self.source.database)
      try await files.write(proof, replacing: force) { file in try file.write(Data(receipt)) }
    }
    let change = try await source.change(id)
    try output.show(change, asTable: ChangeTables.change, asCSV: ChangeCSV.one)
    if output.format == .table, let hint = try await RestorationHint(id, change, source) {
      Terminal.say(hint.text)
    }
  }
}
