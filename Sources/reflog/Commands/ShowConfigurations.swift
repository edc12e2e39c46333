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

  @Option(
    help: ArgumentHelp(
      "Show the connectors that the steps called at this time: \(TimeText.forms). A day means its first moment."
    )
  )
  var asOf: String?

  func validate() throws {
    if let asOf { _ = try TimeText.period("--as-of", asOf) }
  }

  func run() async throws {
    try await CommandFailure.wrapping {
      try await source.withSource { source in
        let moment = try asOf.map { try TimeText.period("--as-of", $0).start }
        try await output.show(source.configurations(asOf: moment), asTable: ChangeTables.configurations)
      }
    }
  }
}
