import ReflogFormats
import ReflogModel

/// Creates tables from the bodies that the history routes return.
enum ChangeTables {
  /// Each flow type with a slash, as a text such as `b2cUserFlows/B2C_1_signup` contains it before the flow's id.
  private static let flowTypes = FlowType.allCases.map { "\($0.rawValue)/" }

  /// The start of a text about an edit. The table shows this text where other rows show the name of a connector.
  private static let editStart = "edited: "

  /// Returns the table of changes.
  ///
  /// - Parameters:
  ///   - body: The body that the route returned.
  ///   - emptyText: The text that is shown if there are no changes.
  static func history(_ body: JSONObject, emptyText: String) -> Table {
    var table = Table(
      header: ["ID", "TIME (UTC)", "STEP", "BEFORE", "AFTER", "KIND", "RESULT", "WHO", "REASON"],
      emptyText: emptyText,
      cuttable: ["STEP", "BEFORE", "AFTER", "WHO", "REASON"],
      droppable: ["KIND", "REASON", "BEFORE", "WHO", "TIME (UTC)"],
      names: ["BEFORE", "AFTER"],
      addresses: ["STEP"],
      textStart: editStart,
      prefixes: flowTypes
    )
    table.rows = body.objects("value").map { change in
      [
        text(change["id"]), shortTime(change["activityDateTime"]), caller(change) ?? subject(change),
        reference(named: "before", change), edit(change) ?? reference(named: "after", change), text(change["kind"]),
        text(change["result"]) + rollback(change), who(change), reason(change),
      ]
    }
    return table
  }

  /// Returns the row that marks a given time in the table of ``history(_:emptyText:)``.
  ///
  /// The row is between the changes after the time and the changes before the time.
  static func marker(of moment: Timestamp) -> [String] {
    ["", shortTime(.string(moment.description)), "--around", "", "", "", "", "", ""]
  }

  /// Returns one line of text about a change, for a command that shows new changes continuously.
  static func line(_ change: JSONObject) -> String {
    let parts = [
      shortTime(change["activityDateTime"]), "change \(text(change["id"]))",
      (caller(change) ?? subject(change)) + ":",
      edit(change) ?? "\(reference(named: "before", change)) → \(reference(named: "after", change))",
      text(change["kind"]),
      text(change["result"]), "by \(who(change))", shown(change["reason"], change),
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "  ")
  }

  /// Returns a table with one line for each step. The line shows the connector that the step calls.
  static func configurations(_ body: JSONObject) -> Table {
    var table = Table(
      header: ["STEP", "CALLS", "SINCE (UTC)", "CHANGE", "WHO", "CONNECTOR EDITED"],
      emptyText: "No step is recorded yet.",
      cuttable: ["STEP", "CALLS", "WHO", "CONNECTOR EDITED"],
      droppable: ["CHANGE", "WHO", "SINCE (UTC)"],
      names: ["CALLS"],
      addresses: ["STEP"],
      prefixes: flowTypes
    )
    table.rows = body.objects("value").map { entry in
      [
        subject(entry),
        reference(entry["reference"]) + (entry["certain"] == .bool(false) ? " (a change is pending)" : ""),
        shortTime(entry["changedDateTime"]), text(entry["changeId"]), who(entry),
        entry.objects("connectorEdits").map(laterEdit).joined(separator: "; "),
      ]
    }
    return table
  }

  /// Returns the table of the steps that differ between two times.
  static func comparison(_ body: JSONObject) -> Table {
    var table = Table(
      header: ["STEP", "FIRST", "SECOND", "SINCE (UTC)", "CHANGE", "WHO"],
      emptyText: "No step differs between the two times. Compared steps: \(text(body["comparedSteps"])).",
      cuttable: ["STEP", "FIRST", "SECOND", "WHO"],
      droppable: ["CHANGE", "WHO", "SINCE (UTC)"],
      names: ["FIRST", "SECOND"],
      addresses: ["STEP"],
      prefixes: flowTypes,
      heading: [
        "FIRST is the state at \(text(body["asOf"])).", "SECOND is the state at \(text(body["compareWith"])).",
      ]
    )
    table.rows = body.objects("value").map { difference in
      let (before, after) = (difference["before"]?.object ?? [:], difference["after"]?.object ?? [:])
      let summary = text(difference["summary"])
      return [
        subject(difference),
        (before.members.isEmpty ? "(unknown)" : reference(before["reference"]))
          + (before["certain"] == .bool(false) ? " (a change was pending)" : ""),
        (summary.isEmpty ? reference(after["reference"]) : summary)
          + (after["certain"] == .bool(false) ? " (a change is pending)" : ""),
        shortTime(difference["changedDateTime"]), text(difference["changeId"]), who(difference),
      ]
    }
    return table
  }

  /// Returns the table of one change, with one line for each value.
  static func change(_ change: JSONObject) -> Table {
    let status = change["status"]?.object ?? [:]
    let refusal = [text(status["code"]), shown(status["message"], status)].filter { !$0.isEmpty }
      .joined(separator: ": ")
    let lines = [
      ("change", text(change["id"])), (change["subject"] == "connector" ? "connector" : "step", subject(change)),
      ("before", fullReference(named: "before", change)), ("after", fullReference(named: "after", change)),
      ("properties", properties(change)),
      ("called by", callers(change).joined(separator: ", ")),
      ("kind", text(change["kind"])),
      (hadNoEffect(change) ? "was to roll back" : "rolls back", text(change["rollbackOf"])),
      ("result", text(change["result"])),
      ("rolled back", rollbacks(change)),
      ("status", text(status["http"])), ("answer", refusal), ("settled by", text(status["settledBy"])),
      ("who", who(change)), ("from", shown(change["initiatedBy"]?.object?["ipAddress"], change)),
      ("reason", shown(change["reason"], change)), ("override", override(change)), ("erased", erasure(change)),
      ("statement erased", erasure(status)), ("recorded", text(change["activityDateTime"])),
      ("settled", text(change["resultDateTime"])), ("last verified", text(change["lastVerifiedDateTime"])),
      ("request", text(change["requestId"])), ("correlation", text(change["correlationId"])),
    ]
    return Table(rows: lines.filter { !$0.1.isEmpty }.map { [$0.0, $0.1] })
  }

  /// Returns the table of the plan of a rollback to a time, with one line for each step.
  ///
  /// - Parameters:
  ///   - plan: The plan.
  ///   - given: A closure that receives a suggested command and adds the options that the user gave.
  static func timeRollbackPlan(_ plan: JSONObject, _ given: (Suggestion) -> Suggestion) -> Table {
    Table(
      rows: plan.objects("value").flatMap { step in
        [["plan", text(step["summary"])]] + (text(step["message"]).isEmpty ? [] : [["problem", text(step["message"])]])
      } + plan.objects("edited").map { note($0, given) },
      emptyText: "Every step has the same reference as at that time."
    )
  }

  /// Returns the note about the edits of a connector, with the command that shows how to restore the values.
  ///
  /// - Parameters:
  ///   - edited: The edits in JSON, as a plan contains them.
  ///   - given: A closure that receives a suggested command and adds the options that the user gave.
  static func note(_ edited: JSONObject, _ given: (Suggestion) -> Suggestion) -> [String] {
    let ids = edited.strings("editedBy")
    let command = given(Suggestion("restore", ids.count == 1 ? ids[0] : "ID").adding("--dry-run", if: true))
    let changes = ids.count > 1 ? " for changes \(ids.joined(separator: ", "))" : ""
    return ["note", "\(text(edited["summary"])). See `\(command)`\(changes)."]
  }

  /// Returns the table of the result of a rollback to a time, with one line for each step.
  static func timeRollback(_ progress: JSONObject) -> Table {
    var table = Table(
      header: ["STEP", "BEFORE", "AFTER", "RESULT", "CHANGE", "MESSAGE"],
      emptyText: "Every step has the same reference as at that time.",
      cuttable: ["STEP", "BEFORE", "AFTER", "MESSAGE"],
      droppable: ["CHANGE", "BEFORE"],
      names: ["BEFORE", "AFTER"],
      addresses: ["STEP"],
      prefixes: flowTypes
    )
    table.rows = progress.objects("value").map { step in
      [
        subject(step), reference(step["before"]), reference(step["after"]),
        step["result"] == .null ? "-" : text(step["result"]), text(step["changeId"]), text(step["message"]),
      ]
    }
    return table
  }

  /// Returns the text of a value. For nil, `null`, an object or a list, the text is empty.
  static func text(_ value: JSONValue?) -> String {
    switch value {
    case .string(let text), .number(let text): text
    case .bool(let flag): String(flag)
    case .null, .array, .object, nil: ""
    }
  }

  /// Returns a date and a time without fractions of a second, because a row of a list has little space.
  private static func shortTime(_ value: JSONValue?) -> String {
    String(text(value).prefix(19)).replacing("T", with: " ")
  }

  private static func subject(_ value: JSONObject) -> String {
    if let address = value.addressText { return address }
    let ids = [value["before"], value["after"]].map { text($0?.object?["connectorId"]) }
    return "connector " + (ids.first { !$0.isEmpty } ?? "")
  }

  /// Returns the steps that certainly or possibly called the connector when the change was made.
  private static func callers(_ change: JSONObject) -> [String] {
    change.objects("calledBy").compactMap { step in
      step.addressText.map { step["certain"] == .bool(false) ? "\($0) (uncertain)" : $0 }
    }
  }

  /// Returns a text with the first step that called the connector and the number of the remaining steps.
  ///
  /// The result is nil if no step that called the connector is known.
  private static func caller(_ change: JSONObject) -> String? {
    let callers = callers(change)
    return callers.first.map { "connector of \($0)" + (callers.count > 1 ? " and \(callers.count - 1) more" : "") }
  }

  /// Returns a short text about the properties that an edit of a connector wrote, or nil if the change is not an edit
  /// of a connector.
  private static func edit(_ change: JSONObject) -> String? {
    let ids = [change["before"], change["after"]].map { $0?.object?["connectorId"] }
    guard change["subject"] == "connector", ids[0] == ids[1] else { return nil }
    return [Change.ChangedProperty](of: change).summary.map { editStart + $0 }
  }

  /// Returns a text about an edit of a connector. The edit was made after a step was set to call the connector.
  private static func laterEdit(_ edit: JSONObject) -> String {
    let author = edit["kind"] == "drift" ? "without Reflog" : "by \(who(edit))"
    let isDeleted = edit["after"]?.object?["state"] == "none"
    let properties = [Change.ChangedProperty](of: edit).summary.map { ": \($0)" } ?? ""
    let action = isDeleted ? "deleted" : "edited"
    let result = edit["result"] == "applied" ? "" : " (\(text(edit["result"])))"
    return "change \(text(edit["id"])), \(action) \(shortTime(edit["resultDateTime"])) \(author)\(properties)\(result)"
  }

  /// Returns a text about the newest rollback of the change, or an empty text if the change was not rolled back.
  ///
  /// A rollback can itself be rolled back, so a change can have a chain of rollbacks. If the number of rollbacks is
  /// even, the newest rollback restored the effect of the change.
  private static func rollback(_ change: JSONObject) -> String {
    let ids = change.strings("rolledBackBy")
    return ids.last.map { ids.count % 2 == 1 ? ", rolled back by \($0)" : ", restored by \($0)" } ?? ""
  }

  /// Returns a text about the rollback of the change, the rollback of that rollback, and so on.
  ///
  /// The text is empty if the change was not rolled back.
  private static func rollbacks(_ change: JSONObject) -> String {
    let ids = change.strings("rolledBackBy")
    guard let first = ids.first else { return "" }
    return ids.dropFirst().reduce("rolled back by change \(first)") { $0 + ", which was rolled back by change \($1)" }
  }

  private static func reference(_ value: JSONValue?) -> String {
    guard let reference = value?.object else { return "" }
    guard text(reference["state"]) == "connector" else { return "(\(text(reference["state"])))" }
    let name = text(reference["displayName"])
    return name.isEmpty ? text(reference["connectorId"]) : name
  }

  /// Returns the reference before or after a change.
  ///
  /// If the change does not record the name of the connector, the newest recorded name is shown. A change with the
  /// result `denied` is recorded without a read of the directory, so its unknown reference before is shown as not read.
  private static func reference(named member: String, _ change: JSONObject) -> String {
    let value = change[member]
    if member == "before", change["result"] == "denied", value?.object?["state"] == "unknown" { return "(not read)" }
    guard let object = value?.object, let id = object["connectorId"], text(object["displayName"]).isEmpty,
      let known = change.objects("knownNames").first(where: { $0["connectorId"] == id })
    else { return reference(value) }
    return text(known["displayName"])
  }

  /// Returns a reference with the connector's id, because commands accept only ids.
  private static func fullReference(named member: String, _ change: JSONObject) -> String {
    let (name, id) = (reference(named: member, change), text(change[member]?.object?["connectorId"]))
    return id.isEmpty || id == name ? name : "\(name) (\(id))"
  }

  private static func properties(_ change: JSONObject) -> String {
    change.objects("changedProperties").map { property in
      let (before, after) = (text(property["before"]), text(property["after"]))
      return text(property["name"]) + (before + after == "" ? "" : " \(before) → \(after)")
    }.joined(separator: ", ")
  }

  /// Returns a text, or `[erased]` if the item's data was erased and the text is absent.
  static func shown(_ value: JSONValue?, _ item: JSONObject) -> String {
    let text = text(value)
    return text.isEmpty && item["erased"]?.object != nil ? Erased.placeholder : text
  }

  /// Returns the reason for the override of a freeze, or an empty text if the change overrode no freeze.
  private static func override(_ change: JSONObject) -> String {
    guard let override = change["override"]?.object else { return "" }
    let freezes = override.strings("freezes").joined(separator: ", ")
    return "of freeze \(freezes) (service event \(text(override["eventId"]))): \(shown(override["reason"], override))"
  }

  /// Returns the reason for a change, in the form that a list of changes shows.
  ///
  /// If the change overrode a freeze, the text begins with the reason for the override.
  private static func reason(_ change: JSONObject) -> String {
    let reason = shown(change["reason"], change)
    guard let override = change["override"]?.object else { return reason }
    return "OVERRIDE: \(shown(override["reason"], override))" + (reason.isEmpty ? "" : "; \(reason)")
  }

  /// Returns whether a change certainly had no effect on the directory.
  private static func hadNoEffect(_ change: JSONObject) -> Bool {
    ["denied", "rejected", "notApplied"].contains(change["result"]?.string)
  }

  /// Returns a text with the time of the erasure, and with the service event that records the erasure.
  ///
  /// The text is empty if the data was not erased.
  private static func erasure(_ item: JSONObject) -> String {
    guard let erased = item["erased"]?.object else { return "" }
    return "by service event \(text(erased["eventId"])) at \(text(erased["dateTime"]))"
  }

  /// Returns the name of the actor, or `[erased]` and the id if the actor's names were erased.
  static func who(_ item: JSONObject) -> String {
    guard let actor = item["initiatedBy"]?.object else { return "" }
    let type = text(actor["type"])
    let object = actor[type]?.object
    let id = [object?["id"], object?["servicePrincipalId"]].map(text).first { !$0.isEmpty }
    if item["erased"]?.object != nil { return Erased.placeholder + (id.map { " (\($0))" } ?? "") }
    let names = [object?["userPrincipalName"], object?["displayName"]].map(text)
    guard let name = names.first(where: { !$0.isEmpty }) ?? id else { return type }
    // A token or an app can have the name of a person, so the type is shown too.
    return type == "user" ? name : "\(type) \(name)"
  }
}
