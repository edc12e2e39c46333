import ArgumentParser
import Foundation
import ReflogFormats
import ReflogModel

/// The command `reflog watch`.
struct Watch: SourceCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows changes as they are recorded, until you stop it.",
    discussion: """
      A change whose result is not known yet is shown again when it is settled. With --since, earlier changes are \
      shown first. For a program that must not miss a change, use reflog export --follow.

        reflog watch
        reflog watch --flow signup --since 1h
        reflog watch --format json | jq -r .id
      """
  )

  /// The maximum number of changes in one read.
  private static let pageSize = 1000
  /// The maximum number of pending changes that are read again.
  private static let mostPending = 100

  @OptionGroup var source: SourceOptions
  @OptionGroup var filter: FilterOptions

  @Option(help: "The format: table (one line for each change), json (JSON Lines) or csv.")
  var format: OutputFormat = .table

  func run(on source: any HistorySource) async throws {
    // A relative time such as `2h` must mean the same moment in every read of changes. So the filter is built only
    // once.
    let selection = filter.selection
    if format == .csv { try Terminal.data(Data(ChangeCSV.header)) }
    var position = Position(last: filter.since == nil ? try await Self.newestID(source) : 0)
    try await Repetition.run { try await showNewChanges(&position, selection, source) }
  }

  /// The id of the last change that was read, and the ids of the changes that were shown while they were pending.
  private struct Position {
    var last: Int64
    var pending: Set<Int64> = []
  }

  private static func newestID(_ source: any HistorySource) async throws -> Int64 {
    let newest = try await source.history(top: 1, of: ChangeSelection()).objects("value").first
    return newest.flatMap(id) ?? 0
  }

  private static func id(_ change: JSONObject) -> Int64? { change["id"]?.string.flatMap { Int64($0) } }

  private func showNewChanges(
    _ position: inout Position,
    _ selection: ChangeSelection,
    _ source: any HistorySource
  ) async throws {
    if !position.pending.isEmpty {
      let ids = position.pending.sorted().map(String.init).joined(separator: ", ")
      let settled = "id in (\(ids)) and result ne 'pending'"
      for change in try await Self.changes(ChangeSelection(filter: settled), source) {
        try show(change)
        if let id = Self.id(change) { position.pending.remove(id) }
      }
    }
    let newest = try await Self.newestID(source)
    while position.last < newest {
      let unread = selection.and("id gt \(position.last) and id le \(newest)")
      let found = try await Self.changes(unread, source)
      for change in found {
        try show(change)
        guard let id = Self.id(change) else { continue }
        position.last = max(position.last, id)
        if change["result"] == "pending", position.pending.count < Self.mostPending { position.pending.insert(id) }
      }
      if found.count < Self.pageSize { position.last = newest }
    }
  }

  /// Returns the oldest of the selected changes.
  ///
  /// The oldest change is first.
  private static func changes(_ selection: ChangeSelection, _ source: any HistorySource) async throws -> [JSONObject] {
    let body = try await source.history(top: pageSize, of: selection, isAscending: true)
    return body.objects("value")
  }

  private func show(_ change: JSONObject) throws {
    switch format {
    case .table: try Terminal.lines([ChangeTables.line(change)])
    case .json: try Terminal.data(JSONValue.object(change).text + "\n")
    case .csv: try Terminal.data(Data(ChangeCSV.line(change)))
    }
  }
}
