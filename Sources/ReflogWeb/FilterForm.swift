import ReflogModel

/// The form that filters changes, filled in with the values that the browser sent.
package struct FilterForm: Sendable {
  /// The text to search for in all names, ids and reasons.
  let words: String
  let flow: String
  let step: String
  let actor: String
  let connector: String
  let reason: String
  /// The id of a request.
  ///
  /// The form has this field only if the field has a value. The value comes from a link that searches for the id of a
  /// request.
  let request: String
  let hasRequest: Bool
  let since: TimeField
  let until: TimeField
  let results: [Choice]
  let kinds: [Choice]
  /// The message about an invalid value.
  ///
  /// The message is nil if all values are valid, or if the field with the invalid value shows the message itself.
  let problem: String?
  /// True if all values are valid.
  let isValid: Bool
  /// The names of the fields for the conditions, in the order in which a printed page shows them.
  package static let names = [
    "q", "flow", "step", "actor", "connector", "reason", "request", "result", "kind", "since", "until",
  ]

  /// The filled fields. A printed page shows them in place of the form.
  let conditions: [Condition]

  /// A filled field.
  struct Condition: Sendable {
    /// The name of the field.
    let name: String
    let value: String
    let isFirst: Bool

    /// Returns those fields with these names that are filled.
    static func filled(_ values: [String: String], _ names: [String]) -> [Condition] {
      let filled = names.compactMap { name in values[name].map { (name, $0) } }.filter { !$0.1.isEmpty }
      return filled.enumerated().map { Condition(name: $1.0 == "q" ? "text" : $1.0, value: $1.1, isFirst: $0 == 0) }
    }
  }

  /// An option in a list of the form.
  package struct Choice: Sendable {
    let value: String
    let label: String
    let isChosen: Bool
  }

  /// Fills in the form.
  ///
  /// - Parameters:
  ///   - values: the values of the fields. The key is the name of the field. A field without a value is empty.
  ///   - problem: the error in the values, or nil if all values are valid.
  package init(_ values: [String: String], problem: FormError?) {
    words = values["q"] ?? ""
    flow = values["flow"] ?? ""
    step = values["step"] ?? ""
    actor = values["actor"] ?? ""
    connector = values["connector"] ?? ""
    reason = values["reason"] ?? ""
    request = values["request"] ?? ""
    hasRequest = !request.isEmpty
    since = TimeField("since", values["since"], problem: problem)
    until = TimeField("until", values["until"], problem: problem)
    results = Change.Result.allCases.map {
      Choice(value: $0.rawValue, label: $0.shownName, isChosen: $0.rawValue == values["result"])
    }
    kinds = Change.Kind.allCases.map {
      Choice(value: $0.rawValue, label: $0.rawValue, isChosen: $0.rawValue == values["kind"])
    }
    self.problem = problem?.message(except: since, until)
    isValid = problem == nil
    conditions = Condition.filled(values, Self.names)
  }
}
