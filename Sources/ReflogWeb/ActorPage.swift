package import ReflogModel

/// The page about one person, application or API token: what the actor did, newest first, and the numbers of changes.
package struct ActorPage: Sendable {
  /// The name that the page shows, or `[erased]` and the id if an erasure deleted the names.
  let name: String
  /// The kind of the actor, such as `Person`.
  let kind: String
  let id: String
  /// The user principal name, or nil if it is not known.
  let userPrincipalName: String?
  /// The link to the event that erased the names, or nil if they were not erased.
  let erased: ErasureLink?
  let form: Form
  let totals: Totals
  let days: [Day]
  let isEmpty: Bool
  /// The query of the next page, or nil if this is the last page.
  let next: String?
  /// The query that selects the actor's changes in the period of this page, for the timeline and for an export.
  let query: String
  /// Whether the page shows only a period.
  let isFiltered: Bool
  /// The path of the page without a filter.
  let path: String
  /// The query that selects the actor's changes in the timeline, with `?` in front, or empty.
  ///
  /// Links to changes contain this query.
  let trail: String
  /// Whether newer records are on other pages.
  let isContinued: Bool
  /// The path of the page that also shows reads of history.
  ///
  /// The page has such a link only if it is empty because the period contains only reads of history. Otherwise, the
  /// path is nil.
  let readsPath: String?

  /// The fields for the period.
  package struct Form: Sendable {
    let since: TimeField
    let until: TimeField
    let includesReads: Bool
    /// The filled fields. A printed page shows them in place of the form.
    let conditions: [FilterForm.Condition]
    /// The message about an invalid value.
    ///
    /// The message is nil if all values are valid, or if the field with the invalid value shows the message itself.
    let problem: String?
    /// True if all values are valid.
    let isValid: Bool

    /// Fills in the form.
    ///
    /// - Parameters:
    ///   - values: the values by field name; a field without a value is empty.
    ///   - problem: the error in the values, or nil if all values are valid.
    package init(_ values: [String: String], problem: FormError?) {
      since = TimeField("since", values["since"], problem: problem)
      until = TimeField("until", values["until"], problem: problem)
      includesReads = values["reads"] != nil
      conditions = FilterForm.Condition.filled(values, ["since", "until", "reads"])
      self.problem = problem?.message(except: since, until)
      isValid = problem == nil
    }
  }

  /// The numbers of changes.
  struct Totals: Sendable {
    /// The number of all changes, as a sentence.
    let all: String
    let results: [Count]
    let flows: [Count]
    /// The number of flows that are left out, or nil if all are shown.
    let left: String?
    let hasFlows: Bool
  }

  /// A number of changes, with a link to them.
  struct Count: Sendable {
    let name: String
    let count: String
    /// The path of the timeline with exactly these changes, or nil if no filter selects them.
    let path: String?
    /// The class in the style sheet, or nil for a plain text.
    let tone: String?
  }

  /// What the actor did on one day.
  struct Day: Sendable {
    let day: String
    var items: [Item]
  }

  /// A change, a service event or a statement. Exactly one of them is set.
  struct Item: Sendable {
    var change: ChangeView?
    var event: EventView?
    var statement: Statement?
  }

  /// A statement of the actor about the result of a change.
  struct Statement: Sendable {
    /// The id of the change.
    let id: String
    let time: Moment
    let result: String
    /// The class in the style sheet that colours the result.
    let tone: String
    /// The statement, or `[erased]` if an erasure deleted it.
    let message: String
    /// The link to the event that erased the statement, or nil if it was not erased.
    let erased: ErasureLink?
  }

  /// A record of what the actor did.
  package enum Record: Sendable {
    case change(ChangeInContext)
    case event(ServiceEvent)
    /// A change whose result the actor stated.
    case statement(Change)
  }

  /// The maximum number of flows in the totals.
  private static let mostFlows = 12

  /// Creates the page.
  ///
  /// - Parameters:
  ///   - actor: the type and the id of the actor.
  ///   - known: the actor with a name that does not come from the records, or nil if no such name is known.
  ///   - newest: the newest records of what the actor did. The page shows the actor's name from the newest record that
  ///     has a name.
  ///   - records: the records of the page, newest first.
  ///   - totals: the numbers of the actor's changes in the period.
  ///   - form: the fields for the period.
  ///   - filter: the part of the query that selects the period, such as `&since=2026-01-01`, or empty.
  ///   - next: the query of the next page, or nil if this is the last page.
  ///   - reads: the query that also shows reads of history, or nil if the period contains other records or no reads.
  ///   - isContinued: whether newer records are on other pages.
  ///   - zone: the time zone whose days group the records.
  ///   - trail: the query that selects the actor's changes in the timeline, with `?` in front, or empty.
  package init(
    _ actor: ActorID,
    known: Change.Actor? = nil,
    newest: [Record],
    records: [Record],
    totals: ActorTotals,
    form: Form,
    filter: String,
    next: String?,
    reads: String? = nil,
    isContinued: Bool = false,
    zone: PageTimeZone = .utc,
    trail: String = ""
  ) {
    (self.isContinued, self.trail) = (isContinued, trail)
    let named = newest.lazy.compactMap(\.named).first
    let erased = named == nil ? newest.lazy.compactMap(\.erased).first : nil
    let shown = named ?? (erased == nil ? known : nil) ?? Change.Actor(type: actor.type, id: actor.id)
    name = shown.shownName(erased: erased)
    self.erased = ErasureLink(erased)
    kind = actor.type.shownName
    id = actor.id
    userPrincipalName = shown.userPrincipalName
    self.form = form
    query = "actor=\(actor.type.rawValue)/\(actor.id.percentEncoded())\(filter)"
    isFiltered = !filter.isEmpty || !form.isValid
    path = "/actors/\(actor.type.rawValue)/\(actor.id.percentEncoded())"
    readsPath = if let reads { path + "?" + reads } else { nil }
    self.next = next
    isEmpty = records.isEmpty && form.isValid
    self.totals = Totals(totals, most: Self.mostFlows, query: query)
    var days: [Day] = []
    for (item, time) in records.map(Item.timed) {
      let day = time.shown(in: zone).day
      if days.last?.day == day {
        days[days.count - 1].items.append(item)
      } else {
        days.append(Day(day: day, items: [item]))
      }
    }
    self.days = days
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: name.shortened(to: 80), frame: frame, page: self), "actor")
  }
}

extension ActorPage.Record {
  /// The actor, or nil if the record contains no name of the actor or the name was erased.
  ///
  /// A statement contains no name.
  fileprivate var named: Change.Actor? {
    let actor: Change.Actor? =
      switch self {
      case .change(let change): change.change.intent.actor
      case .event(let event): event.content.actor
      case .statement: nil
      }
    return erased == nil && (actor?.name ?? actor?.userPrincipalName) != nil ? actor : nil
  }

  /// The erasure of the actor's personal data in this record, or nil if it was not erased.
  fileprivate var erased: Erased? {
    switch self {
    case .change(let change): change.change.erased
    case .event(let event): event.erased
    case .statement(let change): change.outcome?.erased
    }
  }
}

extension ActorPage.Item {
  /// Returns the view of a record and its time.
  fileprivate static func timed(_ record: ActorPage.Record) -> (item: ActorPage.Item, time: Moment) {
    switch record {
    case .change(let change):
      let view = ChangeView(change)
      return (ActorPage.Item(change: view), view.asked)
    case .event(let event):
      let view = EventView(event)
      return (ActorPage.Item(event: view), view.time)
    case .statement(let change):
      let view = ActorPage.Statement(change)
      return (ActorPage.Item(statement: view), view.time)
    }
  }
}

extension ActorPage.Statement {
  /// The maximum length of a statement, in scalars.
  private static let length = 180

  fileprivate init(_ change: Change) {
    id = change.id.description
    time = Moment(change.newestDateTime)
    result = change.result.shownName
    tone = change.result.tone
    let text = change.outcome?.erased == nil ? change.outcome?.message : Erased.placeholder
    message = (text ?? "").shortened(to: Self.length)
    erased = ErasureLink(change.outcome?.erased)
  }
}

extension ActorPage.Totals {
  fileprivate init(_ totals: ActorTotals, most: Int, query: String) {
    let count = totals.count
    all =
      totals.isComplete
      ? "\(count.grouped) \(count == 1 ? "change" : "changes")."
      : "More than \(count.grouped) changes. The numbers are those of the newest ones."
    results = Change.Result.allCases.compactMap { result in
      guard let count = totals.results[result] else { return nil }
      return ActorPage.Count(
        name: result.shownName,
        count: count.grouped,
        path: "/?\(query)&result=\(result.rawValue)",
        tone: result.tone
      )
    }
    let sorted = totals.flows.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let shown = sorted.prefix(most).map { flow, count in
      ActorPage.Count(name: flow.flow.text, count: count.grouped, path: "/?\(query)&flow=\(flow)", tone: nil)
    }
    let connectors = ActorPage.Count(name: "Connectors", count: totals.connectors.grouped, path: nil, tone: nil)
    flows = shown + (totals.connectors > 0 ? [connectors] : [])
    hasFlows = !flows.isEmpty
    left = sorted.count > most ? "… and \((sorted.count - most).grouped) more flows." : nil
  }
}

extension Change.ActorType {
  /// The type of an actor as the pages show it.
  fileprivate var shownName: String {
    switch self {
    case .user: "Person"
    case .app: "Application"
    case .token: "API token"
    case .unknown: "Unknown"
    }
  }
}
