/// The conditions that a user entered in a form or as options of a command.
///
/// All conditions together become one `$filter`. If a property is nil, there is no condition for it.
package struct PlainQuestion: Sendable {
  /// The id of a flow, or the type and the id of a flow with a slash between them.
  package var flow: String?
  /// The name of a step.
  package var step: String?
  /// The id, the name or the user principal name of an actor.
  package var actor: String?
  /// The id or the name of a connector that an address held before or after a change.
  package var connector: String?
  /// The start of the period in which changes match.
  ///
  /// A change at exactly this time matches.
  package var since: Timestamp?
  /// The end of the period in which changes match.
  ///
  /// A change at exactly this time does not match.
  package var until: Timestamp?
  /// The result of a change.
  package var result: Change.Result?
  /// The kind of a change.
  package var kind: Change.Kind?
  /// The kind of object that a change writes, as the field `subject` names it.
  package var subject: String?

  /// Creates a question without conditions.
  package init() {}

  /// Creates a question about the changes at an address.
  package init(about address: Address) {
    flow = FlowName(of: address).description
    step = address.step.name
  }

  /// Creates a question about the changes of a connector: its creation, its edits and its deletion.
  package init(aboutChangesOf id: ConnectorID) {
    connector = id.text
    subject = Change.Subject.connector.word
  }

  /// All conditions as the text of one filter, or nil if there is no condition.
  package var text: String? {
    var terms: [String] = []
    if let flow {
      let parts = flow.split(separator: "/", maxSplits: 1).map(String.init)
      if parts.count == 2 { terms.append(Self.term(.plain(.flowType), .text(parts[0]))) }
      terms.append(Self.term(.plain(.flowId), .text(parts.last ?? flow)))
    }
    if let step { terms.append(Self.term(.plain(.step), .text(step))) }
    if let actor { terms.append(Self.any(Self.actorFields.map(ChangeField.initiatedBy), actor)) }
    if let connector { terms.append(Self.any(connectorFields(of: connector), connector)) }
    if let since { terms.append(Self.term(.plain(.activityDateTime), .time(since), .ge)) }
    if let until { terms.append(Self.term(.plain(.activityDateTime), .time(until), .lt)) }
    if let result { terms.append(Self.term(.plain(.result), .text(result.rawValue))) }
    if let subject { terms.append(Self.term(.plain(.subject), .text(subject))) }
    if let kind { terms.append(Self.term(.plain(.kind), .text(kind.rawValue))) }
    return terms.isEmpty ? nil : terms.joined(separator: " and ")
  }

  /// Returns all conditions as one filter, or nil if there is no condition.
  package func filter() throws(FilterError) -> ChangeFilter? {
    guard let text else { return nil }
    return try ChangeFilter.parse(text)
  }

  private static let actorFields: [ActorField] = [
    .userId, .userDisplayName, .userPrincipalName, .servicePrincipalId, .appDisplayName, .appId, .tokenId,
    .tokenDisplayName,
  ]
  /// Returns the fields that are compared with the text for a connector.
  ///
  /// An index covers the ids, and no index covers the names. So a GUID is compared only with ids.
  private func connectorFields(of text: String) -> [ChangeField] {
    let ids: [ChangeField] = [.before(.connectorId), .after(.connectorId)]
    return subject != nil || GUID.normalized(text) != nil ? ids : ids + [.before(.displayName), .after(.displayName)]
  }

  private static func any(_ fields: [ChangeField], _ text: String) -> String {
    "(\(fields.map { term($0, .text(text)) }.joined(separator: " or ")))"
  }

  private static func term(_ field: ChangeField, _ value: FilterValue, _ comparison: FilterComparison = .eq) -> String {
    ChangeFilter.comparison(field, comparison, value).description
  }
}
