package import ReflogModel
import ReflogStorage

extension History {
  /// The maximum number of names that Reflog proposes for a text.
  private static let maximumNameCount = 3

  /// Proposes recorded names for those texts of a filter that occur in no recorded name.
  ///
  /// The proposed names are the names that are most similar to the text.
  package func nearestNames(to filter: ChangeFilter) async throws(LedgerError) -> [NearestNames] {
    let texts = filter.textsOfNames
    guard !texts.isEmpty else { return [] }
    return try await read { db in
      try texts.compactMap { text, fields in
        let names = Set(try fields.flatMap { try IdentityColumn($0)?.texts(db) ?? [] })
        let folded = text.lowercased()
        guard !names.contains(where: { $0.lowercased().contains(folded) }) else { return nil }
        let nearest = Spelling.names(like: text, among: names, limit: Self.maximumNameCount)
        return nearest.isEmpty ? nil : NearestNames(text: text, names: nearest)
      }
    }
  }

  /// Returns whether a step of a flow is recorded, and the ids of recorded flows that are similar to the flow's id.
  ///
  /// The most similar id is first. If a step is recorded, the list of similar ids is empty.
  ///
  /// - Parameter name: The id of the flow. The type of the flow and a slash can precede the id.
  package func lookUpFlow(_ name: String) async throws(LedgerError) -> (isRecorded: Bool, nearest: [String]) {
    let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
    let (type, id) = (parts.count == 2 ? parts[0] : nil, parts.last ?? name)
    return try await read { db in
      let isRecorded = try db.bool(
        """
        SELECT EXISTS (
          SELECT 1 FROM address JOIN flow ON flow.id = address.flow
          WHERE \(db.dialect.equalIgnoringCase("flow.flow_id", ":flow"))
            AND \(db.dialect.equalIgnoringCase("flow.flow_type", "coalesce(:flowType, flow.flow_type)"))
        )
        """,
        ["flow": id, "flowType": type]
      )
      guard !isRecorded else { return (true, []) }
      let ids = try IdentityColumn(.plain(.flowId))?.texts(db) ?? []
      return (false, Spelling.names(like: id, among: ids, limit: Self.maximumNameCount))
    }
  }
}

extension ChangeFilter {
  /// The texts in the filter, each with the fields that the filter compares with the text.
  ///
  /// The texts are in the order of the filter.
  fileprivate var textsOfNames: [(text: String, fields: [ChangeField])] {
    var found: [(text: String, fields: [ChangeField])] = []
    for (field, text) in comparedTexts {
      if let index = found.firstIndex(where: { $0.text == text }) {
        found[index].fields.append(field)
      } else {
        found.append((text, [field]))
      }
    }
    return found
  }

  private var comparedTexts: [(ChangeField, String)] {
    switch self {
    // A reason is not a name, so no reason is proposed.
    case .comparison(.override, _, _), .startsWith(.override, _), .contains(.override, _): []
    case .comparison(let field, .eq, .text(let text)), .startsWith(let field, let text), .contains(let field, let text):
      [(field, text)]
    case .lowerCase(let inner): inner.comparedTexts
    case .and(let left, let right), .or(let left, let right): left.comparedTexts + right.comparedTexts
    case .comparison, .oneOf, .not: []
    }
  }
}
