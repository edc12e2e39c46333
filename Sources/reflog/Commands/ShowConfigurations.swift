import ArgumentParser

/// `reflog config`
struct ShowConfigurations: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Shows what each step calls now of which anything is on record.",
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
