import ArgumentParser
import ReflogModel

/// `reflog show`
struct Show: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows everything about one change.",
    discussion: """
        reflog show 17
      """
  )

  @Argument(help: "The change's id.")
  var id: Change.ID

  @OptionGroup var source: SourceOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await CommandFailure.wrapping {
      try await source.withSource { source in
        try await output.show(source.change(id), asTable: ChangeTables.change)
      }
    }
  }
}
