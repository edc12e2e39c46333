/// The questions that people ask of history, in the fields of a form or the flags of a command, as one filter.
package struct PlainQuestion: Sendable {
  /// A flow's id, perhaps with its type before it and a slash between.
  package var flow: String?
  package var step: String?
  /// An id, a name, or a user principal name.
  package var actor: String?
  /// The id or the name that a connector had, before or after.
  package var connector: String?
  /// From this time on.
  package var since: Timestamp?
  /// Before this time.
  package var until: Timestamp?
  package var result: Change.Result?
  package var kind: Change.Kind?

  package init() {}

  /// All that is asked for at once; nothing where everything is.
  package var filter: ChangeFilter? {
    var terms: [ChangeFilter] = []
    if let flow {
      let parts = flow.split(separator: "/", maxSplits: 1).map(String.init)
      if parts.count == 2 { terms.append(.comparison(.flowType, .eq, .text(parts[0]))) }
      terms.append(.comparison(.flowId, .eq, .text(parts.last ?? flow)))
    }
    if let step { terms.append(.comparison(.step, .eq, .text(step))) }
    if let actor { terms.append(Self.any(Self.actorFields, actor)) }
    if let connector { terms.append(Self.any(Self.connectorFields, connector)) }
    if let since { terms.append(.comparison(.activityDateTime, .ge, .time(since))) }
    if let until { terms.append(.comparison(.activityDateTime, .lt, .time(until))) }
    if let result { terms.append(.comparison(.result, .eq, .text(result.rawValue))) }
    if let kind { terms.append(.comparison(.kind, .eq, .text(kind.rawValue))) }
    guard let first = terms.first else { return nil }
    return terms.dropFirst().reduce(first) { .and($0, $1) }
  }

  private static let actorFields: (first: ChangeField, rest: [ChangeField]) = (
    .userId,
    [
      .userDisplayName, .userPrincipalName, .servicePrincipalId, .appDisplayName, .appId, .tokenId, .tokenDisplayName,
    ]
  )
  private static let connectorFields: (first: ChangeField, rest: [ChangeField]) = (
    .beforeConnectorId, [.afterConnectorId, .beforeDisplayName, .afterDisplayName]
  )

  private static func any(_ fields: (first: ChangeField, rest: [ChangeField]), _ text: String) -> ChangeFilter {
    fields.rest.reduce(.comparison(fields.first, .eq, .text(text))) { .or($0, .comparison($1, .eq, .text(text))) }
  }
}
