import ReflogModel

/// The fields by which changes are filtered, as they were sent.
package struct FilterForm: Sendable {
  let flow: String
  let step: String
  let actor: String
  let connector: String
  let since: Time
  let until: Time
  let results: [Choice]
  let kinds: [Choice]
  /// What is wrong with them.
  let problem: String?

  /// A day, or a moment where that is what was sent.
  package struct Time: Sendable {
    let value: String
    /// The field's type in HTML.
    let type: String

    init(_ text: String?) {
      let isMoment = text?.contains("T") ?? false
      type = isMoment ? "datetime-local" : "date"
      // The field takes neither a zone nor more than milliseconds.
      let moment = isMoment ? text.flatMap { Timestamp(parsing: $0) } : nil
      value = moment.map { String($0.description.prefix(23)).replacing("Z", with: "") } ?? text ?? ""
    }
  }

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
    since = Time(values["since"])
    until = Time(values["until"])
    results = Change.Result.allCases.map {
      Choice(value: $0.rawValue, word: $0.shownName, isChosen: $0.rawValue == values["result"])
    }
    kinds = Change.Kind.allCases.map {
      Choice(value: $0.rawValue, word: $0.rawValue, isChosen: $0.rawValue == values["kind"])
    }
    self.problem = problem
  }
}
