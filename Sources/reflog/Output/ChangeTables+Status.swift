import ReflogFormats
import ReflogModel

extension ChangeTables {
  /// Returns the table of the state of the ledger, with one line for each member.
  static func status(_ status: JSONObject) -> Table {
    Table(
      rows: status.members.flatMap { member -> [[String]] in
        let values = (member.value.array ?? [member.value]).map { value in
          value.object.map(problem) ?? (value == .null ? "-" : text(value))
        }
        return (values.isEmpty ? ["none"] : values).map { [member.name, $0] }
      }
    )
  }

  /// Describes one problem: a part of the directory that the last sweep could not read, the replacement of a lost key,
  /// or a token that expires soon.
  private static func problem(_ problem: JSONObject) -> String {
    if problem["waitingEntries"] != nil { return webhook(problem) }
    if let expiry = problem["expiryDateTime"] { return "\(text(problem["name"])) at \(text(expiry))" }
    let moment =
      problem["sinceDateTime"].map { "\(text(problem["name"])) since \(text($0))" } ?? text(problem["dateTime"])
    return "\(moment): \(text(problem["reason"]))"
  }

  /// Describes the state of one webhook.
  private static func webhook(_ webhook: JSONObject) -> String {
    let waiting = text(webhook["waitingEntries"])
    let (since, success) = (text(webhook["failingSinceDateTime"]), text(webhook["lastSuccessDateTime"]))
    let parts = [
      "\(text(webhook["name"])) at \(text(webhook["host"])): \(text(webhook["state"]))",
      since.isEmpty ? "" : "since \(since)", text(webhook["lastError"]),
      waiting == "1" ? "1 entry waits" : "\(waiting) entries wait",
      success.isEmpty ? "no message accepted yet" : "last success \(success)",
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: ", ")
  }
}
