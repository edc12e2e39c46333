package import ReflogModel

/// The page of changes, newest first and grouped by day, with a form that filters them.
package struct TimelinePage: Sendable {
  let days: [Day]
  let isEmpty: Bool
  let isFiltered: Bool
  /// The query of the next page, or nil if this is the last one.
  let next: String?
  /// The query of the page's filter, for downloads of the same changes.
  let query: String
  /// The newest change that the page knows; the script asks for changes after it. Nil unless the page has the newest.
  let newest: String?
  let form: FilterForm
  let status: Status

  /// The changes of one day.
  struct Day: Sendable {
    let day: String
    var changes: [ChangeView]
  }

  /// The state of the ledger.
  struct Status: Sendable {
    /// How many changes are pending, as a sentence, or nil if none is.
    let pending: String?
    /// When a sweep last finished, or nil if none has.
    let verified: Moment?
    let directory: String
    /// True for Microsoft Graph, which the sweep verifies because other programs change it too.
    let isSwept: Bool
  }

  /// Makes the page.
  ///
  /// - Parameters:
  ///   - changes: the changes to show, newest first.
  ///   - next: the query of the next page, or nil if this is the last one.
  ///   - query: the query of the page's filter.
  ///   - form: the form, filled in with the filter.
  ///   - isFiltered: true if the filter may leave changes out.
  ///   - isNewest: true if the page starts with the newest change that the filter matches.
  ///   - status: the state of the ledger.
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
      directory: status.directory.shownName,
      isSwept: status.directory == .graph
    )
  }

  private static func pending(_ count: Int) -> String? {
    switch count {
    case 0: nil
    case 1: "1 change is pending"
    default: "\(count) changes are pending"
    }
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Timeline", frame: frame, in: .timeline, page: self), "timeline")
  }
}
