import ReflogModel

/// A hint that tells a person how to restore the values that a connector had before an edit.
struct RestorationHint {
  /// The hint as text.
  let text: String

  /// Creates the hint for a change. Fails if the change is not an applied edit of a connector.
  ///
  /// - Parameters:
  ///   - id: The id of the change.
  ///   - change: The change in JSON.
  ///   - source: The source of the change. This initializer searches it for later edits of the connector.
  init?(_ id: Change.ID, _ change: JSONObject, _ source: any HistorySource) async throws {
    let ids = ["before", "after"].map { change[$0]?.object?["connectorId"]?.string.flatMap { ConnectorID($0) } }
    guard change["subject"] == "connector", change["result"] == "applied", let connector = ids[0], ids[0] == ids[1],
      let values = ConnectorRestoration(
        connector: connector,
        properties: [Change.ChangedProperty](of: change)
      )
    else { return nil }
    let later = try await Self.laterEdit(of: connector, after: id, source)
    let isApplied = later?["result"] == "applied"
    guard !isApplied || later?["after"]?.object?["state"] != "none" else {
      text = "The connector was deleted later, so the values before this edit can't be restored."
      return
    }
    let server = (source as? ServerClient).map { "'\($0.baseURL.replacing("'", with: "%27"))'" } ?? #""$REFLOG_SERVER""#
    guard let command = values.command(server: server, change: id.description) else {
      text = "The values before this edit are not recorded."
      return
    }
    var sentences: [String] = []
    if let later = later?["id"]?.string {
      sentences.append(
        isApplied
          ? "Change \(later) edited the connector later. This request also replaces the values of that change."
          : "Change \(later) may have edited the connector later. This request also replaces the values of that change."
      )
    }
    if !values.unknown.isEmpty {
      let names = values.unknown.joined(separator: ", ")
      sentences.append("These properties are not restored, because their values are not recorded: \(names).")
    }
    if values.isURLMasked {
      sentences.append(#"Replace ?\u2026 with the query of the target URL, which is not recorded."#)
    }
    text = (sentences + ["To restore \(values.known.joined(separator: " and ")): \(command)"]).joined(separator: " ")
  }

  /// Returns the newest change of a connector after an edit, without the changes that were certainly not applied.
  ///
  /// The result is nil if there is no such change.
  private static func laterEdit(
    of connector: ConnectorID,
    after id: Change.ID,
    _ source: any HistorySource
  ) async throws -> JSONObject? {
    let selection = ChangeSelection(filter: PlainQuestion(aboutChangesOf: connector).text)
      .and("id gt \(id) and result in ('applied', 'unknown', 'pending')")
    return try await source.history(top: 1, of: selection).objects("value").first
  }
}
