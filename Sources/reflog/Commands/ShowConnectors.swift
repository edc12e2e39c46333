import ArgumentParser
import ReflogFormats
import ReflogModel

/// The command `reflog connectors`.
struct ShowConnectors: SourceCommand {
  static let configuration = CommandConfiguration(
    commandName: "connectors",
    abstract: "Lists the connectors: ids, names, target URLs, and the steps that call them.",
    discussion: """
      From a server, the list contains all connectors in the directory. From a ledger's file, it contains only the \
      connectors that a step calls.

        reflog connectors
        reflog connectors --used
        reflog connectors --unused
      """
  )

  @Flag(help: "Only connectors that a step calls.")
  var used = false

  @Flag(help: "Only connectors that no step calls.")
  var unused = false

  @OptionGroup var source: SourceOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard !used || !unused else { throw ValidationError("Use --used or --unused, not both.") }
  }

  func run(on source: any HistorySource) async throws {
    guard !unused || source is ServerClient else {
      throw CommandFailure(
        .usage,
        "--unused needs a server, because a ledger's file lists only connectors that a step calls. Use --server."
      )
    }
    let list = try await ConnectorList.read(source)
    let shown = list.entries.filter { entry in
      used ? !entry.steps.isEmpty : unused ? entry.steps.isEmpty : true
    }
    let empty = emptyText(all: list.entries.count, source)
    try output.show(["value": .array(shown.map { .object($0.json) })]) { _ in Self.table(shown, emptyText: empty) }
  }

  /// Returns the text that is shown if the table is empty: the reason, and a command that shows other connectors.
  ///
  /// - Parameters:
  ///   - count: The number of all connectors.
  ///   - source: The source of the list.
  private func emptyText(all count: Int, _ source: any HistorySource) -> String {
    guard count > 0 else {
      return source is ServerClient
        ? "The directory has no connectors."
        : "No recorded step calls a connector. A server lists all connectors; use --server."
    }
    let command = output.added(to: self.source.added(to: Suggestion("connectors")))
    let connectors = Terminal.count(Int64(count), "connector")
    return used
      ? "No step calls any of the \(connectors). To list them: \(command)"
      : "Steps call every connector (\(connectors)). To list them: \(command)"
  }

  private static func table(_ entries: [ConnectorList.Entry], emptyText: String) -> Table {
    Table(
      header: ["CONNECTOR", "NAME", "TARGET URL", "CALLED BY"],
      rows: entries.map { entry in
        let steps = entry.steps.isEmpty ? "(no step)" : entry.steps.joined(separator: ", ")
        return [entry.id, entry.displayName ?? "", entry.targetURL ?? "", steps]
      },
      emptyText: emptyText,
      cuttable: ["NAME", "TARGET URL", "CALLED BY"],
      droppable: ["TARGET URL"]
    )
  }
}
