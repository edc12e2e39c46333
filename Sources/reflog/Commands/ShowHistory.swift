import ArgumentParser

/// `reflog history`
struct ShowHistory: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Shows the newest changes.",
    discussion: """
      Newest first: who pointed which step at which connector, and what stood there before.

        reflog history --top 5
        reflog history --server https://reflog.contoso.example --format json
      """
  )

  @OptionGroup var source: SourceOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "How many changes, 1 to 1000.")
  var top = 20

  func validate() throws {
    guard (1...1000).contains(top) else { throw ValidationError("--top is a whole number from 1 to 1000.") }
  }

  func run() async throws {
    try await CommandFailure.wrapping {
      try await source.withSource { source in
        try await output.show(source.history(top: top), asTable: ChangeTables.history)
      }
    }
  }
}
