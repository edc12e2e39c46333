import ReflogModel

/// The fields by which changes are filtered, as they were sent.
package struct FilterForm: Sendable {
  let flow: String
  let step: String
  let actor: String
  let connector: String
  let since: String
  let until: String
  let results: [Choice]
  let kinds: [Choice]
  /// What is wrong with them.
  let problem: String?

  package struct Choice: Sendable {
    let value: String
    let word: String
    let isChosen: Bool
  }

  /// - Parameter values: the fields by name; missing ones are empty.
  package init(_ values: [String: String], problem: String?) {
    flow = values["flow"] ?? ""
    step = values["step"] ?? ""
    actor = values["actor"] ?? ""
    connector = values["connector"] ?? ""
    since = values["since"] ?? ""
    until = values["until"] ?? ""
    results = Change.Result.allCases.map {
      Choice(value: $0.rawValue, word: $0.shownName, isChosen: $0.rawValue == values["result"])
    }
    kinds = Change.Kind.allCases.map {
      Choice(value: $0.rawValue, word: $0.rawValue, isChosen: $0.rawValue == values["kind"])
    }
    self.problem = problem
  }
}
