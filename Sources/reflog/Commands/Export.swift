import ArgumentParser

/// `reflog export`
struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the whole history as CSV, oldest first.",
    discussion: """
      RFC 4180 with a header row, in UTF-8, to stdout. A cell that a spreadsheet would run as a formula gets a leading \
      apostrophe, unless --raw.

        reflog export > history.csv
      """
  )

  @OptionGroup var source: SourceOptions

  @Flag(help: "Leave cells as they are that a spreadsheet would run.")
  var raw = false

  func run() async throws {
    try await CommandFailure.wrapping {
      try await source.withSource { source in
        try await source.export(raw: raw) { try Talk.data($0) }
      }
    }
  }
}
