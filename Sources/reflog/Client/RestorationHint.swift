import ReflogModel

/// A hint that tells a person how to restore the values that a connector had before an edit.
struct RestorationHint {
  /// The hint as text.
  let text: String

  /// Creates the hint for a change. The result is nil if the change is not an applied edit of a connector.
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
    let later = try await Self.laterEdits(of: connector, after: id, source)
    guard !later.contains(where: { $0["result"] != "pending" && $0["after"]?.object?["state"] == "none" }) else {
      text = "The connector was deleted later, so the values before this edit can't be restored."
      return
    }
    let overwriting = later.filter { edit in
      guard edit["after"]?.object?["state"] != "none", edit["changedProperties"] != .null else { return true }
      return [Change.ChangedProperty](of: edit).contains { values.known.contains($0.name) }
    }.first
    let server = (source as? ServerClient).map { "'\($0.baseURL.replacing("'", with: "%27"))'" } ?? #""$REFLOG_SERVER""#
    guard let command = values.command(server: server, change: id.description) else {
      text = "The values before this edit are not recorded."
      return
    }
    var sentences: [String] = []
    if let later = overwriting?["id"]?.string {
      sentences.append(
        overwriting?["result"] == "applied"
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
    let names = values.known.joined(separator: " and ")
    if values.isComplete {
      let restore = Suggestion("restore", id.description).adding("--force", if: overwriting != nil)
        .adding("--server", (source as? ServerClient)?.baseURL)
      sentences.append("To restore \(names): \(restore)")
      sentences.append("The same as a request: \(command)")
    } else {
      sentences.append("To restore \(names): \(command)")
    }
    text = sentences.joined(separator: " ")
  }

  /// Returns the changes that certainly or possibly wrote a connector after an edit, newest first.
  private static func laterEdits(
    of connector: ConnectorID,
    after id: Change.ID,
    _ source: any HistorySource
  ) async throws -> [JSONObject] {
    let selection = ChangeSelection(filter: PlainQuestion(aboutChangesOf: connector).text)
      .and("id gt \(id) and result in ('applied', 'unknown', 'pending')")
    return try await source.history(top: RestorationPlan.maximumLaterCount, of: selection).objects("value")
  }
}
