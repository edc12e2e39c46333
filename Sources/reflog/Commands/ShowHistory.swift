import ArgumentParser

/// The command `reflog history`.
struct ShowHistory: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Shows the newest changes.",
    discussion: """
      The newest change is first. Each line shows who pointed which step at which connector, and the earlier reference.

        reflog history --top 5
        reflog history --flow B2C_1_signup --since 2026-03-01 --until 2026-04-01
        reflog history --actor adele@contoso.example --result denied
        reflog history --filter "before/displayName eq 'Fraud check' and kind ne 'rollback'"
        reflog history --server https://reflog.contoso.example --format json
      """
  )

  @OptionGroup var source: SourceOptions
  @OptionGroup var filter: FilterOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "The maximum number of changes, 1 to 1000.")
  var top = 20

  func validate() throws {
    guard (1...1000).contains(top) else { throw ValidationError("--top must be a number from 1 to 1000.") }
  }

  func run() async throws {
    try await CommandFailure.wrapping {
      try await source.withSource { source in
        let filter = filter.text
        try await output.show(source.history(top: top, filter: filter)) {
          ChangeTables.history($0, isFiltered: filter != nil)
        }
      }
    }
  }
}
