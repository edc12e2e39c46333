import ArgumentParser
import ReflogModel

/// The options that select changes: one option for each common condition, and `--filter` for any `$filter`.
struct FilterOptions: ParsableArguments {
  @Option(help: "An OData $filter, for example \"initiatedBy/user/userPrincipalName eq 'a@b.example'\".")
  var filter: String?

  @Option(help: "A flow's id, with or without its type: B2C_1_signup or b2cUserFlows/B2C_1_signup.")
  var flow: String?

  @Option(help: "A step, for example postFederationSignup, or the step of one flow: [FLOWTYPE/]FLOW/STEP.")
  var step: String?

  @Option(help: "The actor: an id, a name, or a user principal name.")
  var actor: String?

  @Option(
    help: ArgumentHelp("Changes at or after this time: \(TimeText.forms). A time without a zone is local.")
  )
  var since: String?

  @Option(help: "Changes earlier than this time, in the same forms. If it is a day, changes on that day are included.")
  var until: String?

  @Option(help: "pending, applied, rejected, denied, notApplied, superseded or unknown.")
  var result: String?

  @Option(help: "update, rollback, drift or baseline.")
  var kind: String?

  @Option(
    help: ArgumentHelp(
      "For a filter on flows: impact also shows changes of the connectors that the flows called then; steps does not."
    )
  )
  var flowScope = QueryScope.impact

  func validate() throws {
    for (name, time) in [("--since", since), ("--until", until)] {
      if let time { _ = try TimeText.period(name, time) }
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

  /// All conditions as one filter, or nil if there is no condition.
  var text: String? {
    var question = PlainQuestion()
    (question.flow, question.actor) = (flow, actor)
    var ofStep = PlainQuestion()
    if let step, let slash = step.lastIndex(of: "/") {
      (ofStep.flow, ofStep.step) = (String(step[..<slash]), String(step[step.index(after: slash)...]))
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
      .adding("--since", since).adding("--until", until).adding("--result", result).adding("--kind", kind)
      .adding("--flow-scope", flowScope == .impact ? nil : flowScope.rawValue)
  }
}

extension QueryScope: ExpressibleByArgument {}
