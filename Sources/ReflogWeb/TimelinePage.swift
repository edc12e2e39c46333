package import ReflogModel

/// Changes newest first, grouped by day, with a form that filters them.
package struct TimelinePage: Sendable {
  let days: [Day]
  let isEmpty: Bool
  let isFiltered: Bool
  /// The query of the next page; nothing where this is the last.
  let next: String?
  /// The query of what is shown, for the same as a file.
  let query: String
  let form: Form
  let status: Status

  struct Day: Sendable {
    let day: String
    var changes: [ChangeView]
  }

  /// The fields of the form, as they were sent.
  package struct Form: Sendable {
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

  package struct Choice: Sendable {
    let value: String
    let word: String
    let isChosen: Bool
  }

  /// What holds for all of it.
  struct Status: Sendable {
    let pending: Int
    let verified: Moment?
  }

  package init(_ changes: [Change], next: String?, query: String, form: Form, isFiltered: Bool, status: LedgerStatus) {
    var days: [Day] = []
    for view in changes.map(ChangeView.init) {
      if days.last?.day == view.asked.day {
        days[days.count - 1].changes.append(view)
      } else {
        days.append(Day(day: view.asked.day, changes: [view]))
      }
    }
    self.days = days
    isEmpty = changes.isEmpty
    self.isFiltered = isFiltered
    self.next = next
    self.query = query
    self.form = form
    self.status = Status(pending: status.pendingChanges, verified: status.verified.map(Moment.init))
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Timeline", frame: frame, page: self), "timeline")
  }
}
