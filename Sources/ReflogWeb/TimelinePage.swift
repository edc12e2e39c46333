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
  /// The newest change that is shown, where the page has the newest: what is newer is news.
  let newest: String?
  let form: FilterForm
  let status: Status

  struct Day: Sendable {
    let day: String
    var changes: [ChangeView]
  }

  /// What holds for all of it.
  struct Status: Sendable {
    /// How many changes wait for their outcome; nothing where none does.
    let pending: String?
    let verified: Moment?
    let directory: String
    /// Whether a directory is looked at that others change too.
    let isLookedAt: Bool
  }

  /// - Parameter isNewest: whether nothing newer was left out.
  package init(
    _ changes: [Change],
    next: String?,
    query: String,
    form: FilterForm,
    isFiltered: Bool,
    isNewest: Bool,
    status: LedgerStatus
  ) {
    var days: [Day] = []
    for view in changes.map({ ChangeView($0) }) {
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
    newest = isNewest ? (changes.first?.id ?? status.newestChange)?.description ?? "0" : nil
    self.status = Status(
      pending: Self.pending(status.pendingChanges),
      verified: status.verified.map(Moment.init),
      directory: status.directory.words,
      isLookedAt: status.directory == .graph
    )
  }

  private static func pending(_ count: Int) -> String? {
    switch count {
    case 0: nil
    case 1: "1 change is pending"
    default: "\(count) changes are pending"
    }
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Timeline", frame: frame, in: .timeline, page: self), "timeline")
  }
}
