/// The questions that people ask of history, in the fields of a form or the flags of a command, as one `$filter`.
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

  /// What was changed at an address.
  package init(about address: Address) {
    flow = FlowName(of: address).description
    step = address.step.name
  }

  /// All that is asked for at once; nothing where everything is.
  package var text: String? {
    var terms: [String] = []
    if let flow {
      let parts = flow.split(separator: "/", maxSplits: 1).map(String.init)
      if parts.count == 2 { terms.append(Self.term(.plain(.flowType), .text(parts[0]))) }
      terms.append(Self.term(.plain(.flowId), .text(parts.last ?? flow)))
    }
    if let step { terms.append(Self.term(.plain(.step), .text(step))) }
    if let actor { terms.append(Self.any(Self.actorFields.map(ChangeField.initiatedBy), actor)) }
    if let connector { terms.append(Self.any(Self.connectorFields, connector)) }
    if let since { terms.append(Self.term(.plain(.activityDateTime), .time(since), .ge)) }
    if let until { terms.append(Self.term(.plain(.activityDateTime), .time(until), .lt)) }
    if let result { terms.append(Self.term(.plain(.result), .text(result.rawValue))) }
    if let kind { terms.append(Self.term(.plain(.kind), .text(kind.rawValue))) }
    return terms.isEmpty ? nil : terms.joined(separator: " and ")
  }

  /// The same as a tree.
  package func filter() throws(FilterError) -> ChangeFilter? {
    guard let text else { return nil }
    return try ChangeFilter.parse(text)
  }

  private static let actorFields: [ActorField] = [
    .userId, .userDisplayName, .userPrincipalName, .servicePrincipalId, .appDisplayName, .appId, .tokenId,
    .tokenDisplayName,
  ]
  private static let connectorFields: [ChangeField] = [
    .before(.connectorId), .after(.connectorId), .before(.displayName), .after(.displayName),
  ]

  private static func any(_ fields: [ChangeField], _ text: String) -> String {
    "(\(fields.map { term($0, .text(text)) }.joined(separator: " or ")))"
  }

  private static func term(_ field: ChangeField, _ value: FilterValue, _ comparison: FilterComparison = .eq) -> String {
    ChangeFilter.comparison(field, comparison, value).description
  }
}
