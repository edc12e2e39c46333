import ArgumentParser

/// `reflog export`
struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes history as CSV, oldest first, whole or filtered.",
    discussion: """
      RFC 4180 with a header row, in UTF-8, to stdout. A cell that a spreadsheet would run as a formula gets a leading \
      apostrophe, unless --raw.

        reflog export > history.csv
        reflog export --since 2026-01-01 --until 2026-04-01 > quarter.csv
      """
  )

  @OptionGroup var source: SourceOptions

  @OptionGroup var filter: FilterOptions

  @Flag(help: "Leave cells as they are that a spreadsheet would run.")
  var raw = false

  func run() async throws {
    try await CommandFailure.wrapping {
      try await source.withSource { source in
        try await source.export(raw: raw, filter: filter.text) { try Talk.data($0) }
      }
    }
  }
}
