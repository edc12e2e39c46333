import ArgumentParser
import ReflogModel

/// `reflog config`
struct ShowConfigurations: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Shows what each step calls of which anything is on record, now or at a time.",
    discussion: """
        reflog config
        reflog config --as-of 2026-03-03T02:00:00Z
      """
  )

  @OptionGroup var source: SourceOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "What stood then, in place of now: 2026-03-03T02:00:00Z.")
  var asOf: String?

  func validate() throws {
    if let asOf, Timestamp(parsing: asOf) == nil { throw ValidationError("--as-of \(asOf) is no time.") }
  }

  func run() async throws {
    try await CommandFailure.wrapping {
      try await source.withSource { source in
        try await output.show(source.configurations(asOf: asOf), asTable: ChangeTables.configurations)
      }
    }
  }
}
