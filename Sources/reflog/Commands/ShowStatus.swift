import ArgumentParser

/// The command `reflog status`.
struct ShowStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Shows the directory, the state of the ledger, and its newest change."
  )

  @OptionGroup var source: SourceOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await CommandFailure.wrapping {
      try await source.withSource { source in
        try await output.show(source.status(), asTable: ChangeTables.status)
      }
    }
  }
}
