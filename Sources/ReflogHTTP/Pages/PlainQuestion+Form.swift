import ReflogModel

/// An error in a field of a form.
struct FormError: Error, CustomStringConvertible {
  let description: String
}

extension PlainQuestion {
  /// Returns the query that is described by the fields of the timeline's form.
  ///
  /// A filter on a flow also selects the changes of the connectors that the flow's steps called. If a field is wrong, the
  /// query is empty, and `problem` describes the error. Otherwise `problem` is nil.
  static func query(_ fields: [String: String]) -> (query: ChangeQuery, problem: String?) {
    do {
      return (ChangeQuery(filter: try PlainQuestion(form: fields).filter(), includesImpact: true), nil)
    } catch {
      return (ChangeQuery(), "\(error)")
    }
  }

  /// Returns the query that is described by the fields of the timeline's form, or throws an error if a field is wrong.
  static func asked(_ fields: [String: String]) throws(RequestError) -> ChangeQuery {
    let (query, problem) = query(fields)
    if let problem { throw .badRequest(problem, target: "query") }
    return query
  }

  /// Reads the fields of the timeline's form.
  ///
  /// The initializer throws if a field is unknown.
  init(form fields: [String: String]) throws(FormError) {
    self.init()
    for (name, text) in fields {
      switch name {
      case "q": words = text
      case "flow": flow = text
      case "step": step = text
      case "actor": actor = text
      case "connector": connector = text
      case "reason": reason = text
      case "since": since = try Self.time(text)
      case "until": until = try Self.end(text)
      case "result":
        result = Change.Result(rawValue: text)
        if result == nil { throw Self.unknown(text, "result", Change.Result.allCases.map(\.rawValue)) }
      case "kind":
        kind = Change.Kind(rawValue: text)
        if kind == nil { throw Self.unknown(text, "kind of change", Change.Kind.allCases.map(\.rawValue)) }
      default: throw FormError(description: "There is no filter named \(name).")
      }
    }
  }

  private static func unknown(_ text: String, _ what: String, _ known: [String]) -> FormError {
    FormError(description: "'\(text)' is not a \(what). Use one of: \(known.joined(separator: ", ")).")
  }

  /// Returns the first moment after a time. If the text is a day, that is the first moment of the next day.
  private static func end(_ text: String) throws(FormError) -> Timestamp {
    let time = try time(text)
    guard !text.contains("T") else { return time }
    let nextDay = time.before(.seconds(-86_400))
    // After the last day of the year 9999, no filter can express the next day.
    return Timestamp(parsing: nextDay.description) ?? time
  }

  private static func time(_ text: String) throws(FormError) -> Timestamp {
    guard let time = PageTime.any(text) else {
      throw FormError(description: "'\(text)' is not a valid time. Use 2026-03-01 or 2026-03-01T14:00.")
    }
    return time
  }
}
