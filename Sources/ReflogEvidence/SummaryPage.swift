import ReflogModel

/// The summary page of an evidence pack, in HTML for printing on A4.
///
/// The page needs no other file, runs no script, and sends no request to the network.
struct SummaryPage {
  /// The maximum number of people and programs whose names a row shows.
  private static let namedActors = 8

  let manifest: EvidenceFacts
  let summary: PeriodSummary
  let retentionState: RetentionState
  let roles: [RoleTable.Row]

  /// The whole page.
  var html: String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><title>\(escaped("Changes in \(period.name): \(manifest.origin)"))</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <style>\(Self.style)</style></head><body><main>
    <h1>Changes in \(escaped(period.name))</h1>
    \(facts)
    <h2>Changes by flow</h2>
    \(changes)
    <p class="note">Each change is counted once in the first four columns of numbers. The other columns count some \
    of these changes again. Overrides are changes in spite of a freeze. No reason counts only updates and rollbacks \
    without a reason. Drift is a change that was made without Reflog.\(erasedNote)</p>
    <h2>Retention and legal holds</h2>
    \(retention)
    <h2>API tokens and their roles</h2>
    \(tokens)
    <p class="note">The roles of people who sign in through Microsoft Entra are assigned there, and are not in this log. \
    A token without a creator was created on the server's command line.</p>
    <h2>How to check this pack</h2>
    <p>The file README.txt tells how to check that no file of this pack was altered. Numbers on paper prove nothing: check the \
    files.</p>
    </main></body></html>

    """
  }

  private var period: Period { manifest.period }

  private static let style = """
    @page{size:A4;margin:15mm}
    body{font:10pt/1.45 system-ui,sans-serif;color:#111;background:#fff;margin:0}
    main{max-width:180mm;margin:0 auto;padding:8mm 4mm}
    h1{font-size:18pt;margin:0 0 4mm}h2{font-size:12pt;margin:7mm 0 2mm;break-after:avoid}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;width:100%;font-size:8.5pt}
    th,td{border-bottom:.2mm solid #999;padding:1mm .8mm;text-align:left;vertical-align:top;overflow-wrap:anywhere}
    thead{display:table-header-group}tr{break-inside:avoid}
    .n{text-align:right;overflow-wrap:normal}td.n{white-space:nowrap}.total td{font-weight:bold}
    td:first-child{min-width:26mm}.n+td:not(.n){min-width:20mm}
    .note{font-size:8.5pt;color:#333}
    @media print{main{padding:0;max-width:none}.scroll{overflow:visible}}
    """

  private var facts: String {
    table(
      nil,
      [
        ["Log", escaped(manifest.origin)],
        ["Period", "\(period.firstDay) to \(period.lastDay), both included, in UTC"],
        ["Flows", escaped(manifest.flows)],
        ["Written", "\(manifest.taken.description.prefix(19))Z"],
        ["Log entries", manifest.logSize.map { "\($0), signed" } ?? "none"],
        ["Keys of the log", manifest.keys.map(escaped).joined(separator: "<br>")],
      ]
    )
  }

  private var changes: String {
    let flows = summary.flows.sorted { $0.key < $1.key }.map { row($0.key.description, $0.value) }
    let connectors = summary.connectors.changes > 0 ? [row("API connectors", summary.connectors)] : []
    let titles = [
      "Flow", "Updates", "Rollbacks", "Drift", "First seen", "Not applied", "Denied", "Overrides", "Pending",
      "No reason", "Updates and rollbacks by",
    ]
    return table(titles, flows + connectors, numbers: 1...9, total: row("All", summary.total))
  }

  private func row(_ name: String, _ flow: FlowSummary) -> [String] {
    let (first, others) = flow.shares(Self.namedActors)
    let names = first.map { "\(escaped($0.name)) (\($0.changes))" } + (others > 0 ? ["others (\(others))"] : [])
    let numbers = [
      flow.updates, flow.rollbacks, flow.drift, flow.baselines, flow.notApplied, flow.denied,
      flow.overridden, flow.pending, flow.withoutReason,
    ]
    return [escaped(name)] + numbers.map(String.init) + [names.joined(separator: ", ")]
  }

  private var erasedNote: String {
    summary.total.erased == 0
      ? "" : " Changes whose reason was erased with other personal data: \(summary.total.erased)."
  }

  private var retention: String {
    let days = retentionState.policy.days
    let policy = days.map { "History is kept for at least \($0) days." } ?? "History is kept for ever."
    let purge = retentionState.purge.map { purge in
      let day = purge.before.description.prefix(10)
      return purge.finished == nil
        ? " A purge of history before \(day) is not finished."
        : " The newest purge deleted history before \(day). It kept the history under legal holds, and the last change of "
          + "each step."
    }
    let holds = retentionState.holds.map { hold in
      [escaped(hold.name), escaped(hold.scope.text), escaped(hold.reason), "\(hold.placed.description.prefix(19))Z"]
    }
    let text = "<p>\(policy)\(purge ?? "")\(holds.isEmpty ? " There is no legal hold." : "")</p>"
    return text + (holds.isEmpty ? "" : table(["Hold", "Scope", "Reason", "Placed (UTC)"], holds))
  }

  private var tokens: String {
    guard !roles.isEmpty else { return "<p>No API token is recorded for this period.</p>" }
    return table(
      ["Name", "Role", "Created (UTC)", "By", "Expires", "Revoked", "By"],
      roles.map { row in
        [
          escaped(row.name), escaped(row.role), Self.time(row.created), escaped(row.creator ?? ""),
          Self.time(row.expires), Self.time(row.revoked), escaped(row.revoker ?? ""),
        ]
      }
    )
  }

  private static func time(_ moment: Timestamp?) -> String {
    moment.map { String($0.description.prefix(16).replacing("T", with: " ")) } ?? ""
  }

  /// Returns an HTML table. The cells must already be HTML.
  ///
  /// If `titles` is nil, the first cell of each row is the title of the row.
  private func table(
    _ titles: [String]?,
    _ rows: [[String]],
    numbers: ClosedRange<Int>? = nil,
    total: [String]? = nil
  ) -> String {
    func cells(_ row: [String]) -> String {
      row.enumerated().map { index, cell in
        if titles == nil, index == 0 { return "<th scope=\"row\">\(cell)</th>" }
        return numbers?.contains(index) == true ? "<td class=\"n\">\(cell)</td>" : "<td>\(cell)</td>"
      }.joined()
    }
    let head = titles.map { titles in
      "<thead><tr>"
        + titles.enumerated().map { index, title in
          "<th scope=\"col\"\(numbers?.contains(index) == true ? " class=\"n\"" : "")>\(title)</th>"
        }.joined() + "</tr></thead>"
    }
    let last = total.map { "<tr class=\"total\">\(cells($0))</tr>\n" }
    let body = rows.map { "<tr>\(cells($0))</tr>\n" } + [last ?? ""]
    return "<div class=\"scroll\" tabindex=\"0\"><table>\(head ?? "")<tbody>\(body.joined())</tbody></table></div>"
  }

  private func escaped(_ text: String) -> String {
    text.printable.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}

/// The facts about an evidence pack that the summary page and the instruction page show.
struct EvidenceFacts {
  let origin: String
  let period: Period
  /// The selected flows, for people.
  let flows: String
  let taken: Timestamp
  let keys: [String]
  /// The number of log entries that the checkpoint in the pack covers, or nil if there is no checkpoint.
  let logSize: Int64?
}

extension FlowScope {
  /// The scope as text for people.
  var text: String {
    switch self {
    case .everything: "all flows"
    case .flow(let type, let flow): FlowName(type, flow).description
    }
  }
}
