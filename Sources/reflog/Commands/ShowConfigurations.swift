import ArgumentParser

/// `reflog config`
struct ShowConfigurations: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Shows what every step calls now, as far as the ledger has seen it.",
    discussion: """
        reflog config
      """
  )

  @OptionGroup var source: SourceOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await CommandFailure.wrapping {
      try await source.withSource { source in
        try await output.show(source.configurations(), asTable: ChangeTables.configurations)
      }
    }
  }
}
