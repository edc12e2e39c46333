/// The conditions that a user entered in a form or as options of a command.
///
/// All conditions together become one `$filter`. A property that is nil adds no condition. A text matches every name or
/// id that contains the text. Upper and lower case count as equal.
package struct PlainQuestion: Sendable {
  /// A part of the id of a flow, or the type and the id of one flow with a slash between them.
  package var flow: String?
  /// A part of the name of a step, or the whole name.
  ///
  /// The text must be the whole name if ``flow`` contains a slash.
  package var step: String?
  /// Whether ``flow`` is a whole id, and ``step`` is a whole name.
  ///
  /// If ``flow`` contains a slash, both are always whole, so this value has no effect.
  package var isWholeAddress = false
  /// A part of the id, the name or the user principal name of an actor, or the type and the id of one actor.
  ///
  /// There is a slash between the type and the id, for example `user/` and the id.
  package var actor: String?
  /// A part of the id or the name of a connector that an address held before or after a change.
  package var connector: String?
  /// A part of an id or a name of a flow, a step, an actor or a connector, or a part of a reason.
  ///
  /// The reason is the reason of the change or of the override of a freeze. The text can also be a whole change id, a
  /// whole correlation id or a whole batch id.
  package var words: String?
  /// A part of the reason of a change, or of the reason for the override of a freeze.
  package var reason: String?
  /// The whole id of a request: the id that Reflog or Graph created for it, or its correlation id.
  package var request: String?
  /// The start of the period in which changes match.
  ///
  /// A change at exactly this time matches.
  package var since: Timestamp?
  /// The end of the period in which changes match.
  ///
  /// A change at exactly this time does not match.
  package var until: Timestamp?
  /// The result of the changes that match.
  package var result: Change.Result?
  /// The kind of the changes that match.
  package var kind: Change.Kind?
  /// The kind of object that a change writes: a value of the field `subject`.
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
    let isWhole = isWholeAddress || flow?.contains("/") == true
    if let flow {
      let parts = flow.split(separator: "/", maxSplits: 1).map(String.init)
      if parts.count == 2 { terms.append(Self.term(.plain(.flowType), .text(parts[0]))) }
      let id = parts.last ?? flow
      terms.append(isWhole ? Self.term(.plain(.flowId), .text(id)) : Self.any([.plain(.flowId)], id))
    }
    if let step { terms.append(isWhole ? Self.term(.plain(.step), .text(step)) : Self.any([.plain(.step)], step)) }
    if let wholeActor {
      terms.append(wholeActor.filter.description)
    } else if let actor {
      terms.append(Self.any(Self.actorFields.map(ChangeField.initiatedBy), actor))
    }
    if let connector { terms.append(condition(onConnector: connector)) }
    if let words { terms.append(Self.anywhere(words)) }
    if let reason { terms.append(Self.any(Self.reasons, reason)) }
    if let request { terms.append(Self.condition(onRequest: request)) }
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

  /// The actor, if ``actor`` contains the type and the id of one actor, or nil if ``actor`` is a part of an id or a
  /// name.
  package var wholeActor: ActorID? {
    guard let parts = actor?.split(separator: "/", maxSplits: 1), parts.count == 2,
      let type = Change.ActorType(rawValue: String(parts[0]))
    else { return nil }
    return ActorID(type, String(parts[1]))
  }

  /// Returns the condition for ``words``, in filter syntax.
  private static func anywhere(_ text: String) -> String {
    let names: [ChangeField] = [.plain(.flowId), .plain(.step)] + actorFields.map(ChangeField.initiatedBy)
    let ids: [ChangeField.Plain] = [.correlationId, .batchId]
    var terms = [Self.any(names + connectorIDs + connectorNames + reasons, text)]
    terms += ids.map { Self.term(.plain($0), .text(text)) }
    if let guid = otherGUID(text) { terms.append(Self.term(.plain(.correlationId), .text(guid))) }
    if let id = Change.ID(text) { terms.append(Self.term(.plain(.id), .number(id.number))) }
    return "(\(terms.joined(separator: " or ")))"
  }

  /// Returns the condition for ``request``, in filter syntax: the text is one of the ids of the request.
  private static func condition(onRequest text: String) -> String {
    let ids: [ChangeField.Plain] = [.correlationId, .requestId, .graphRequestId]
    let terms = [text, otherGUID(text)].compactMap(\.self).flatMap { id in
      ids.map { Self.term(.plain($0), .text(id)) }
    }
    return "(\(terms.joined(separator: " or ")))"
  }

  /// Returns a GUID in lower case, or nil if the text is no GUID or is already in lower case.
  ///
  /// Most programs send a GUID in lower case, but people also paste a GUID in upper case. So ids are compared with the
  /// GUID in lower case too.
  private static func otherGUID(_ text: String) -> String? {
    GUID.normalized(text).flatMap { $0 == text ? nil : $0 }
  }

  private static let actorFields: [ActorField] = [
    .userId, .userDisplayName, .userPrincipalName, .servicePrincipalId, .appDisplayName, .appId, .tokenId,
    .tokenDisplayName,
  ]
  private static let reasons: [ChangeField] = [.plain(.reason), .override(.reason)]
  private static let connectorIDs: [ChangeField] = [.before(.connectorId), .after(.connectorId)]
  private static let connectorNames: [ChangeField] = [.before(.displayName), .after(.displayName)]

  /// Returns the condition for ``connector``.
  ///
  /// The text is a whole id if the text is a GUID, or if the question is about the changes of a connector. A whole id
  /// is compared only with ids, so the ledger can use an index.
  private func condition(onConnector text: String) -> String {
    guard subject != nil || GUID.normalized(text) != nil else {
      return Self.any(Self.connectorIDs + Self.connectorNames, text)
    }
    return "(\(Self.connectorIDs.map { Self.term($0, .text(text)) }.joined(separator: " or ")))"
  }

  /// Returns the condition that at least one of several fields contains a text.
  ///
  /// Upper and lower case count as equal.
  private static func any(_ fields: [ChangeField], _ text: String) -> String {
    let terms = fields.map { field -> String in
      let filter = ChangeFilter.contains(field, text.lowercased())
      return (field.kind == .text ? ChangeFilter.lowerCase(filter) : filter).description
    }
    return terms.count == 1 ? terms[0] : "(\(terms.joined(separator: " or ")))"
  }

  private static func term(_ field: ChangeField, _ value: FilterValue, _ comparison: FilterComparison = .eq) -> String {
    ChangeFilter.comparison(field, comparison, value).description
  }
}
