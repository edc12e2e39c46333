import ArgumentParser
import ReflogModel

/// The options that select changes: one option for each common condition, and `--filter` for any `$filter`.
struct FilterOptions: ParsableArguments {
  @Option(help: "An OData $filter, for example \"initiatedBy/user/userPrincipalName eq 'a@b.example'\".")
  var filter: String?

  @Option(help: "A flow's id, with or without its type: B2C_1_signup or b2cUserFlows/B2C_1_signup.")
  var flow: String?

  @Option(help: "A step, for example postFederationSignup.")
  var step: String?

  @Option(help: "The actor: an id, a name, or a user principal name.")
  var actor: String?

  @Option(help: "Changes at or after this time: 2026-03-01 or 2026-03-01T14:00:00Z.")
  var since: String?

  @Option(help: "Changes earlier than this time.")
  var until: String?

  @Option(help: "pending, applied, rejected, denied, notApplied, superseded or unknown.")
  var result: String?

  @Option(help: "update, rollback, drift or baseline.")
  var kind: String?

  func validate() throws {
    for (name, time) in [("--since", since), ("--until", until)] {
      if let time, Timestamp(parsing: time) == nil {
        throw ValidationError("\(name) \(time) is not a time. Use 2026-03-01 or 2026-03-01T14:00:00Z.")
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
    (question.flow, question.step, question.actor) = (flow, step, actor)
    (question.since, question.until) = (
      since.flatMap(Timestamp.init(parsing:)), until.flatMap(Timestamp.init(parsing:))
    )
    (question.result, question.kind) = (result.flatMap(Change.Result.init), kind.flatMap(Change.Kind.init))
    let terms = [filter.map { "(\($0))" }, question.text].compactMap { $0 }
    return terms.isEmpty ? nil : terms.joined(separator: " and ")
  }
}
