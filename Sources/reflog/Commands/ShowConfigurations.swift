import ArgumentParser
import ReflogModel

/// The command `reflog config`.
struct ShowConfigurations: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Shows the connector that each recorded step calls, now or at an earlier time.",
    discussion: """
        reflog config
        reflog config --as-of 2026-03-03T02:00:00Z
      """
  )

  @OptionGroup var source: SourceOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "Show the connectors that the steps called at this time: 2026-03-03T02:00:00Z.")
  var asOf: String?

  func validate() throws {
    if let asOf, Timestamp(parsing: asOf) == nil {
      throw ValidationError("--as-of \(asOf) is not a time. Use 2026-03-03T02:00:00Z.")
    }
  }

  func run() async throws {
    try await CommandFailure.wrapping {
      try await source.withSource { source in
        try await output.show(source.configurations(asOf: asOf), asTable: ChangeTables.configurations)
      }
    }
  }
}
