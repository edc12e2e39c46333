import ArgumentParser

/// The command `reflog status`.
struct ShowStatus: SourceCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Shows the directory, the state of the ledger, and its newest change."
  )

  @OptionGroup var source: SourceOptions
  @OptionGroup var output: OutputOptions

  func run(on source: any HistorySource) async throws {
    try await output.show(source.status(), asTable: ChangeTables.status)
  }
}
