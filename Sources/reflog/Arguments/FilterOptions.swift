import ArgumentParser
import ReflogModel

/// The options that select changes: one option for each common condition, and `--filter` for any `$filter`.
struct FilterOptions: ParsableArguments {
  @Option(help: "An OData $filter, for example \"initiatedBy/user/userPrincipalName eq 'a@b.example'\".")
  var filter: String?

  @Option(
    help: "A part of a flow's id, in upper or lower case: signup. With a type, one flow: b2cUserFlows/B2C_1_signup.",
    completion: NameCompletion.flows
  )
  var flow: String?

  @Option(
    help: "A part of a step's name, in upper or lower case: signup. Or the step of one flow: [FLOWTYPE/]FLOW/STEP.",
    completion: NameCompletion.steps
  )
  var step: String?

  @Option(help: "A part of the actor's id, name or user principal name, in upper or lower case: adele.")
  var actor: String?

  @Option(
    help: "A part of a connector's id or name, before or after the change, in upper or lower case: fraud.",
    completion: NameCompletion.connectorsAndNames
  )
  var connector: String?

  @Option(help: "A part of the reason, in upper or lower case: chg0042.")
  var reason: String?

  @Option(
    help: ArgumentHelp("Changes at or after this time: \(TimeText.forms). A time without a zone is local.")
  )
  var since: String?

  @Option(help: "Changes earlier than this time, in the format of --since. If it is a day, that day is included.")
  var until: String?

  @Option(
    help: "pending, applied, rejected, denied, notApplied, superseded or unknown.",
    completion: .list(Change.Result.allCases.map(\.rawValue))
  )
  var result: String?

  @Option(help: "update, rollback, drift or baseline.", completion: .list(Change.Kind.allCases.map(\.rawValue)))
  var kind: String?

  @Option(
    help: ArgumentHelp(
      "With a filter on flows: steps shows only the changes of their steps; impact also shows the changes of "
        + "connectors that the steps called at that time."
    )
  )
  var flowScope = QueryScope.impact

  func validate() throws {
    let start = try since.map { try TimeText.period("--since", $0).start }
    let last = try until.map { try TimeText.period("--until", $0) }
    // A day in `--until` ends at the start of the next day, so a `--since` at this start or later is an error. Two
    // equal times are permitted, although no change can be between them.
    if let start, let last, start >= last.end, start > last.start {
      throw ValidationError("--since is later than --until. Swap the two times.")
    }
    if let step, step.contains("/") {
      let parts = step.split(separator: "/", omittingEmptySubsequences: false)
      guard (2...3).contains(parts.count), !parts.contains(""), parts.count == 2 || FlowType(segment: parts[0]) != nil
      else {
        throw ValidationError(
          "--step \(step) is not a step. Use STEP or [FLOWTYPE/]FLOW/STEP, for example "
            + "b2cUserFlows/B2C_1_signup/postFederationSignup."
        )
      }
    }
    if let result, Change.Result(rawValue: result) == nil {
      throw ValidationError("\(result) is not a result. See --help.")
    }
    if let kind, Change.Kind(rawValue: kind) == nil { throw ValidationError("\(kind) is not a kind. See --help.") }
    do { _ = try filter.map(ChangeFilter.parse) } catch { throw ValidationError("\(error)") }
  }

  /// The text of one filter with all given conditions, or nil if no condition is given.
  var text: String? {
    var question = PlainQuestion()
    (question.flow, question.actor, question.connector, question.reason) = (flow, actor, connector, reason)
    var ofStep = PlainQuestion()
    if let step, let slash = step.lastIndex(of: "/") {
      (ofStep.flow, ofStep.step) = (String(step[..<slash]), String(step[step.index(after: slash)...]))
      ofStep.isWholeAddress = true
    } else {
      ofStep.step = step
    }
    let reader = TimeText.local
    // `validate` has already refused texts that are not times.
    question.since = since.flatMap { try? reader.period($0).start }
    question.until = until.flatMap { try? reader.period($0).end }
    (question.result, question.kind) = (result.flatMap(Change.Result.init), kind.flatMap(Change.Kind.init))
    let terms = [filter.map { "(\($0))" }, ofStep.text, question.text].compactMap { $0 }
    return terms.isEmpty ? nil : terms.joined(separator: " and ")
  }

  /// The selection of changes that the options describe.
  var selection: ChangeSelection { ChangeSelection(filter: text, includesImpact: flowScope == .impact) }

  /// Adds the given conditions to a suggested command.
  func added(to suggestion: Suggestion) -> Suggestion {
    suggestion.adding("--filter", filter).adding("--flow", flow).adding("--step", step).adding("--actor", actor)
      .adding("--connector", connector).adding("--reason", reason).adding("--since", since).adding("--until", until)
      .adding("--result", result).adding("--kind", kind)
      .adding("--flow-scope", flowScope == .impact ? nil : flowScope.rawValue)
  }
}

extension QueryScope: ExpressibleByArgument {}
