package import ReflogModel

/// The page that lists changes, newest first and grouped by day, with a form that filters the changes.
package struct TimelinePage: Sendable {
  let days: [Day]
  /// True if no change matches the filter. The value is false if the filter is not valid, because nothing was searched.
  let isEmpty: Bool
  /// The time of the oldest searched change, if the search ended at its time limit. Older changes were not searched.
  ///
  /// The value is nil if the page is full or if the search is complete.
  let searched: Moment?
  /// True if the page shows at least one change.
  let hasChanges: Bool
  let isFiltered: Bool
  /// The query of the next page, or nil if this is the last page.
  let next: String?
  /// The query with the page's filter.
  ///
  /// The download links contain this query, so an exported file contains the changes that the filter matches.
  let query: String
  /// The id of the newest change on the first page, or nil on a later page.
  ///
  /// If the first page is empty, the value is the id of the newest change in the ledger, or `0` if the ledger has no
  /// change. The script of the page asks for the changes that are newer than the change with this id.
  let newest: String?
  /// Whether newer changes that the filter matches are on other pages.
  let isContinued: Bool
  let form: FilterForm
  let status: Status
  /// The number of changes without the filter, or nil if the number is not known or not needed.
  let total: String?
  /// The recorded names that are similar to the texts of the filter.
  ///
  /// The list is empty if a change matches the filter.
  let proposals: [Proposal]
  /// The path of the page that searches for the text of the filter in the ids of requests.
  ///
  /// The value is nil if the page shows a change, or if the text is not a GUID.
  let requestSearch: String?
  /// The query of this page with `?` in front, or empty. Links to changes contain it.
  let trail: String

  /// The recorded names that are similar to a text of the filter.
  package struct Proposal: Sendable {
    let text: String
    let names: [Name]

    /// A recorded name, and the path of the page that searches for this name instead of the text.
    package struct Name: Sendable {
      let name: String
      let path: String

      /// Creates a name.
      package init(_ name: String, path: String) {
        (self.name, self.path) = (name, path)
      }
    }

    /// Creates a proposal.
    package init(text: String, names: [Name]) {
      (self.text, self.names) = (text, names)
    }
  }

  /// The changes of one day.
  struct Day: Sendable {
    let day: String
    var changes: [ChangeView]
  }

  /// The state of the ledger.
  struct Status: Sendable {
    /// A text with the number of pending changes, or nil if no change is pending.
    let pending: String?
    /// The time at which the last sweep finished, or nil if no sweep has finished yet.
    let verified: Moment?
    let directory: String
    /// True if sweeps check the directory.
    ///
    /// Sweeps check only Microsoft Graph, because other programs can change references there. A sweep compares the
    /// recorded references with the references in Microsoft Graph.
    let isSwept: Bool
    /// True if the last sweep could not read a part of the directory.
    let isIncomplete: Bool
  }

  /// Creates the page.
  ///
  /// - Parameters:
  ///   - changes: the changes to show, newest first.
  ///   - next: the query of the next page, or nil if this is the last page.
  ///   - query: the query with the page's filter.
  ///   - form: the form, filled in with the filter.
  ///   - isFiltered: true if the filter can exclude changes.
  ///   - isNewest: true if the page starts with the newest change that the filter matches.
  ///   - status: the state of the ledger.
  ///   - total: the number of changes without the filter, or nil if it is not known or not needed.
  ///   - proposals: the recorded names that are similar to the texts of the filter, or an empty list if a change
  ///     matches.
  ///   - requestSearch: the path of the page that searches for the text of the filter in the ids of requests. The value
  ///     is nil if a change matches, or if the text is not a GUID.
  ///   - searched: the time of the oldest searched change, or nil if the page is full or the search is complete.
  ///   - zone: the time zone whose days group the changes.
  ///   - trail: the query of this page with `?` in front, or empty.
  package init(
    _ changes: [ChangeInContext],
    next: String?,
    query: String,
    form: FilterForm,
    isFiltered: Bool,
    isNewest: Bool,
    status: LedgerStatus,
    total: Int? = nil,
    proposals: [Proposal] = [],
    requestSearch: String? = nil,
    searched: Timestamp? = nil,
    zone: PageTimeZone = .utc,
    trail: String = ""
  ) {
    self.trail = trail
    var days: [Day] = []
    for view in changes.map({ ChangeView($0) }) {
      let day = view.asked.shown(in: zone).day
      if days.last?.day == day {
        days[days.count - 1].changes.append(view)
      } else {
        days.append(Day(day: day, changes: [view]))
      }
    }
    self.days = days
    isEmpty = changes.isEmpty && next == nil && form.isValid
    self.searched = next == nil ? nil : searched.map(Moment.init)
    hasChanges = !changes.isEmpty
    self.isFiltered = isFiltered
    self.total = total.map(\.grouped)
    (self.proposals, self.requestSearch) = (proposals, requestSearch)
    self.next = next
    self.query = query
    self.form = form
    newest = isNewest ? (changes.first?.change.id ?? status.newestChange)?.description ?? "0" : nil
    isContinued = !isNewest && form.isValid
    self.status = Status(
      pending: Self.pending(status.pendingChanges),
      verified: status.verified.map(Moment.init),
      directory: status.directory.shownName,
      isSwept: status.directory == .graph,
      isIncomplete: status.unreadCount > 0
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
