import ArgumentParser
import ReflogModel

/// The command `reflog history`.
struct ShowHistory: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Shows the newest changes.",
    discussion: """
      The newest change is first. Each line shows who pointed which step at which connector, and the earlier \
      reference. The history of a flow also shows who edited or deleted the connectors that its steps called at that \
      time.

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

  /// The maximum value of `--top`.
  private static let mostChanges: Int64 = 1000

  @Option(help: "The maximum number of changes, 1 to 1000.")
  var top = 20

  func validate() throws {
    guard (1...1000).contains(top) else { throw ValidationError("--top must be a number from 1 to 1000.") }
  }

  func run() async throws {
    try await CommandFailure.wrapping {
      try await source.withSource { source in
        let selection = filter.selection
        let body = try await source.history(top: top, of: selection)
        let shown = Int64(body["value"]?.array?.count ?? 0)
        let isFiltered = selection.filter != nil
        let needsTotal = shown == 0 && isFiltered && output.format == .table
        let total = needsTotal ? try await source.count(ChangeSelection()) : nil
        try output.show(body) { ChangeTables.history($0, isFiltered: isFiltered, total: total) }
        if shown == Int64(top), output.format == .table { try await sayIfMoreMatch(source, selection, shown) }
      }
    }
  }

  /// Shows a message with the number of matching changes if the table does not contain all of them.
  private func sayIfMoreMatch(_ source: any HistorySource, _ selection: ChangeSelection, _ shown: Int64) async throws {
    let count = try await source.count(selection)
    guard count.map({ $0 > shown }) ?? true else { return }
    let size = count.map { "\($0) changes" } ?? "more changes"
    let all = self.filter.added(to: self.source.added(to: Suggestion("history")))
    let next =
      if let count, count <= Self.mostChanges {
        all.adding("--top", "\(count)")
      } else {
        self.filter.added(to: self.source.added(to: Suggestion("export")))
      }
    Terminal.say("The newest \(shown) of \(size) are shown. For all of them: \(next)")
  }
}
