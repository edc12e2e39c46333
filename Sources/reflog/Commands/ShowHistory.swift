import ArgumentParser
import ReflogFormats
import ReflogModel

/// The command `reflog history`.
struct ShowHistory: SourceCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Shows the newest changes.",
    discussion: """
      The newest change is first. Each line shows who changed the connector of which step, and the earlier \
      reference. For changes that took effect: --result applied. The history of a flow also shows who edited or deleted \
      the connectors that its steps called at that time.

        reflog history --top 5
        reflog history --step b2cUserFlows/B2C_1_signup/postFederationSignup --result applied
        reflog history --flow signup --since 2026-03-01 --until 2026-03-31
        reflog history --actor adele --result denied
        reflog history --around 2026-03-03T02:00 --flow signup
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

  @Option(help: "Show the changes before and after this time, half of --top each. The time has the format of --since.")
  var around: String?

  func validate() throws {
    guard (1...1000).contains(top) else { throw ValidationError("--top must be a number from 1 to 1000.") }
    guard let around else { return }
    _ = try TimeText.period("--around", around)
    guard filter.since == nil, filter.until == nil else {
      throw ValidationError("--around can't be used with --since or --until. Remove --since and --until.")
    }
    guard top > 1 else { throw ValidationError("--around needs --top 2 or more.") }
  }

  func run(on source: any HistorySource) async throws {
    if let around { return try await show(around: TimeText.period("--around", around).start, source) }
    let selection = filter.selection
    let body = try await source.history(top: top, of: selection)
    let shown = Int64(body["value"]?.array?.count ?? 0)
    let empty = shown == 0 && output.format == .table ? try await emptyText(body, source) : ""
    try output.show(body, asTable: { ChangeTables.history($0, emptyText: empty) }, asCSV: ChangeCSV.list)
    if shown == Int64(top), output.format == .table { try await sayIfMoreMatch(source, selection, shown) }
  }

  /// Shows the changes before and after a moment, newest first.
  private func show(around moment: Timestamp, _ source: any HistorySource) async throws {
    let selection = filter.selection
    let later = try await source.history(
      top: top / 2,
      of: selection.and("activityDateTime ge \(moment)"),
      isAscending: true
    )
    let earlier = try await source.history(top: top - top / 2, of: selection.and("activityDateTime lt \(moment)"))
    let (after, before) = (later["value"]?.array ?? [], earlier["value"]?.array ?? [])
    let body: JSONObject = ["value": .array(after.reversed() + before)]
    let empty = after.isEmpty && before.isEmpty ? try await emptyText(earlier, source) : ""
    try output.show(
      body,
      asTable: { body in
        var table = ChangeTables.history(body, emptyText: empty)
        if !table.rows.isEmpty { table.rows.insert(ChangeTables.marker(of: moment), at: after.count) }
        return table
      },
      asCSV: ChangeCSV.list
    )
    guard output.format == .table, after.count == top / 2 || before.count == top - top / 2, top < Self.mostChanges
    else {
      return
    }
    let wider = min(Self.mostChanges, 4 * Int64(top))
    let all = command.adding("--around", around).adding("--top", "\(wider)")
    Terminal.say("\(before.count) changes before and \(after.count) after the time are shown. For more: \(all)")
  }

  /// The suggested command with the options of the user, except the options for the number of changes.
  private var command: Suggestion { output.added(to: filter.added(to: source.added(to: Suggestion("history")))) }

  /// Returns the text that is shown if the table is empty.
  ///
  /// If no change is recorded, the text says so. Otherwise, the text says that no change matches the filter, and
  /// proposes recorded names that are similar to the texts in the filter.
  private func emptyText(_ body: JSONObject, _ source: any HistorySource) async throws -> String {
    guard filter.text != nil else { return "No changes are recorded yet." }
    let total = try await source.count(ChangeSelection())
    guard total != 0 else { return "No changes match this filter, because none are recorded." }
    var sentences = ["No changes match this filter\(total.map { "; \($0.grouped) without it" } ?? "")."]
    for nearest in body.objects("@reflog.nearestNames") {
      let names = nearest.strings("names")
      guard let text = nearest["text"]?.string, let first = names.first else { continue }
      let last = names.count > 1 ? names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "") : first
      sentences.append("No recorded name contains '\(text)'. Did you mean \(last)?")
    }
    return sentences.joined(separator: " ")
  }

  /// Shows a message with the number of matching changes if the table does not contain all matching changes.
  private func sayIfMoreMatch(_ source: any HistorySource, _ selection: ChangeSelection, _ shown: Int64) async throws {
    let count = try await source.count(selection)
    guard count.map({ $0 > shown }) ?? true else { return }
    let size =
      count.map { "The newest \(shown) of \($0.grouped) changes are shown." }
      ?? "The newest \(shown) changes are shown; there are more."
    let next =
      if let count, count <= Self.mostChanges {
        command.adding("--top", "\(count)")
      } else {
        self.filter.added(to: self.source.added(to: Suggestion("export")))
      }
    Terminal.say("\(size) For all of them: \(next)")
  }
}
