import ArgumentParser
import ReflogModel

/// The command `reflog config`.
struct ShowConfigurations: SourceCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract:
      "Shows which connector each recorded step calls, now or at a time, or shows the differences between two times.",
    discussion: """
      With --compare, it shows only the steps that differ between two times: steps with another connector, and steps \
      whose connector was edited or deleted in between. The lines in front of the table contain both exact times.

        reflog config
        reflog config --as-of 2026-03-03T02:00:00Z
        reflog config --as-of 2026-03-01 --compare 2026-03-31
        reflog config --as-of yesterday --compare now
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

  @Option(
    help: ArgumentHelp(
      "Show the differences between --as-of and this later time. The value now means the current references. A day "
        + "means its first moment, so the changes of that day are not included."
    )
  )
  var compare: String?

  /// The value of `--compare` for the current references.
  private static let now = "now"

  func validate() throws {
    let first = try asOf.map { try TimeText.period("--as-of", $0).start }
    guard let compare else { return }
    guard let first else { throw ValidationError("--compare needs --as-of, the earlier of the two times.") }
    guard let second = try Self.moment(compare) else { return }
    guard first <= second else {
      throw ValidationError("--compare is earlier than --as-of. Give the earlier time as --as-of.")
    }
  }

  func run(on source: any HistorySource) async throws {
    let moment = try asOf.map { try TimeText.period("--as-of", $0).start }
    guard let moment, let compare else {
      return try await output.show(source.configurations(asOf: moment), asTable: ChangeTables.configurations)
    }
    let body = try await source.comparison(from: moment, to: try Self.moment(compare))
    try output.show(body, asTable: ChangeTables.comparison)
  }

  /// Returns the time that the value of `--compare` names, or nil if the value is `now`.
  private static func moment(_ text: String) throws -> Timestamp? {
    text == now ? nil : try TimeText.period("--compare", text).start
  }
}
