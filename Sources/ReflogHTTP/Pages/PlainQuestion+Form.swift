import ReflogModel
import ReflogWeb

extension PlainQuestion {
  /// Returns the query that is described by the fields of the timeline's form.
  ///
  /// A filter on a flow also selects the changes of the connectors that the flow's steps called, except if the filter
  /// names one actor exactly. If a field is wrong, the query is empty, and `problem` describes the error. Otherwise
  /// `problem` is nil.
  static func query(_ fields: [String: String]) -> (query: ChangeQuery, problem: FormError?) {
    do {
      let question = try PlainQuestion(form: fields)
      return (ChangeQuery(filter: try question.filter(), includesImpact: question.wholeActor == nil), nil)
    } catch {
      return (ChangeQuery(), error as? FormError ?? FormError("\(error)"))
    }
  }

  /// Returns the query that is described by the fields of the timeline's form, or throws an error if a field is wrong.
  static func asked(_ fields: [String: String]) throws(RequestError) -> ChangeQuery {
    let (query, problem) = query(fields)
    if let problem { throw .badRequest(problem.description, target: problem.field ?? "query") }
    return query
  }

  /// Reads the fields of the timeline's form.
  ///
  /// The initializer throws an error if a field is unknown or has a wrong value.
  init(form fields: [String: String]) throws(FormError) {
    self.init()
    let times = PageTime(in: try PageTimeZone(ofTimesIn: fields))
    var last: Timestamp?
    for (name, text) in fields {
      switch name {
      case "q": words = text
      case "flow": flow = text
      case "step": step = text
      case "actor": actor = text
      case "connector": connector = text
      case "reason": reason = text
      case "request": request = text
      case "since": since = try times.period(text, in: name).start
      case "until":
        let period = try times.period(text, in: name)
        (last, until) = (period.start, period.end)
      case "zone": break
      case "result":
        result = Change.Result(rawValue: text)
        if result == nil { throw Self.unknown(text, "result", Change.Result.allCases.map(\.rawValue)) }
      case "kind":
        kind = Change.Kind(rawValue: text)
        if kind == nil { throw Self.unknown(text, "kind of change", Change.Kind.allCases.map(\.rawValue)) }
      default: throw FormError("There is no filter named \(name).")
      }
    }
    // A day ends when the next day begins. So if `until` is the end of a day, it can be equal to `since`, although that
    // whole day is earlier than `since`.
    if let since, let until, let last, since > until || (since == until && last < until) {
      throw FormError("From is later than Until. Enter the earlier time as From.", in: "since")
    }
  }

  private static func unknown(_ text: String, _ what: String, _ known: [String]) -> FormError {
    FormError("'\(text)' is not a \(what). Use one of: \(known.joined(separator: ", ")).")
  }

  /// Returns the fields of the form with the times in the time zone of the page.
  ///
  /// A day that a person typed in this time zone, and a text that is not a time, are not changed.
  static func shown(_ fields: [String: String], in zone: PageTimeZone) -> [String: String] {
    guard let typed = try? PageTimeZone(ofTimesIn: fields) else { return fields }
    var shown = fields
    for name in ["since", "until"] {
      guard let text = fields[name], typed != zone || !TimeText.isDay(text),
        let (start, end) = try? PageTime(in: typed).period(text, in: name)
      else { continue }
      // The rounded time still selects all changes that the typed text selects.
      shown[name] = name == "since" ? zone.field(start, roundedUp: false) : zone.field(end, roundedUp: true)
    }
    return shown
  }
}
