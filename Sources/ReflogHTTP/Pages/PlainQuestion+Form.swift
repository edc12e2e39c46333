import ReflogModel

/// What is wrong with a field of a form.
struct FormError: Error, CustomStringConvertible {
  let description: String
}

extension PlainQuestion {
  /// What the timeline's form asks for, or what is wrong with it.
  static func query(_ fields: [String: String]) -> (query: ChangeQuery, problem: String?) {
    do {
      return (ChangeQuery(filter: try PlainQuestion(form: fields).filter()), nil)
    } catch {
      return (ChangeQuery(), "\(error)")
    }
  }

  /// What the form asks for. Throws where something is wrong with it.
  static func asked(_ fields: [String: String]) throws(RequestError) -> ChangeQuery {
    let (query, problem) = query(fields)
    if let problem { throw .badRequest(problem, target: "query") }
    return query
  }

  /// Reads the fields of the timeline's form; those that it does not have are refused.
  init(form fields: [String: String]) throws(FormError) {
    self.init()
    for (name, text) in fields {
      switch name {
      case "flow": flow = text
      case "step": step = text
      case "actor": actor = text
      case "connector": connector = text
      case "since": since = try Self.time(name, text)
      case "until": until = try Self.time(name, text)
      case "result":
        result = Change.Result(rawValue: text)
        if result == nil { throw FormError(description: "\(text) is no result.") }
      case "kind":
        kind = Change.Kind(rawValue: text)
        if kind == nil { throw FormError(description: "\(text) is no kind of change.") }
      default: throw FormError(description: "There is nothing to filter by \(name).")
      }
    }
  }

  private static func time(_ name: String, _ text: String) throws(FormError) -> Timestamp {
    guard let time = PageTime.any(text) else {
      throw FormError(description: "\(text) is no time, such as 2026-03-01.")
    }
    return time
  }
}
