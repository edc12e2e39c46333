package import ReflogModel
import ReflogStorage

extension History {
  /// The maximum number of names that Reflog proposes for a text.
  private static let mostNames = 3

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
        let nearest = Spelling.names(like: text, among: names, limit: Self.mostNames)
        return nearest.isEmpty ? nil : NearestNames(text: text, names: nearest)
      }
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
    case .comparison(let field, .eq, .text(let text)), .startsWith(let field, let text), .contains(let field, let text):
      [(field, text)]
    case .lowerCase(let inner): inner.comparedTexts
    case .and(let left, let right), .or(let left, let right): left.comparedTexts + right.comparedTexts
    case .comparison, .oneOf, .not: []
    }
  }
}
