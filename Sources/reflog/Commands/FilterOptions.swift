import ArgumentParser
import ReflogModel

/// Which changes are wanted: flags for the questions that people ask, and the whole filter language.
struct FilterOptions: ParsableArguments {
  @Option(help: "A filter as in $filter, such as \"initiatedBy/user/userPrincipalName eq 'a@b.example'\".")
  var filter: String?

  @Option(help: "A flow's id, perhaps with its type: b2cUserFlows/B2C_1_signup.")
  var flow: String?

  @Option(help: "A step: postFederationSignup.")
  var step: String?

  @Option(help: "Who did it: an id, a name, or a user principal name.")
  var actor: String?

  @Option(help: "From this time on: 2026-03-01, or 2026-03-01T14:00:00Z.")
  var since: String?

  @Option(help: "Before this time.")
  var until: String?

  @Option(help: "pending, applied, rejected, denied, notApplied, superseded or unknown.")
  var result: String?

  @Option(help: "update, rollback, drift or baseline.")
  var kind: String?

  func validate() throws {
    for (name, time) in [("--since", since), ("--until", until)] {
      if let time, Timestamp(parsing: time) == nil { throw ValidationError("\(name) \(time) is no time.") }
    }
    if let result, Change.Result(rawValue: result) == nil { throw ValidationError("\(result) is no result.") }
    if let kind, Change.Kind(rawValue: kind) == nil { throw ValidationError("\(kind) is no kind.") }
    do { _ = try filter.map(ChangeFilter.parse) } catch { throw ValidationError("\(error)") }
  }

  /// All of it as one filter; nothing where everything is wanted.
  var text: String? {
    var terms: [String] = []
    if let filter { terms.append("(\(filter))") }
    if let flow {
      let parts = flow.split(separator: "/", maxSplits: 1).map(String.init)
      if parts.count == 2 { terms.append("flowType eq \(Self.quoted(parts[0]))") }
      terms.append("flowId eq \(Self.quoted(parts.last ?? flow))")
    }
    if let step { terms.append("step eq \(Self.quoted(step))") }
    if let actor {
      terms.append("(\(Self.actorFields.map { "\($0.rawValue) eq \(Self.quoted(actor))" }.joined(separator: " or ")))")
    }
    if let since { terms.append("activityDateTime ge \(since)") }
    if let until { terms.append("activityDateTime lt \(until)") }
    if let result { terms.append("result eq \(Self.quoted(result))") }
    if let kind { terms.append("kind eq \(Self.quoted(kind))") }
    return terms.isEmpty ? nil : terms.joined(separator: " and ")
  }

  private static let actorFields: [ChangeField] = [
    .userId, .userDisplayName, .userPrincipalName, .servicePrincipalId, .appDisplayName, .appId, .tokenId,
    .tokenDisplayName,
  ]

  private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
}
