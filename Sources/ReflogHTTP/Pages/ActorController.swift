import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The page about one person, application or API token, with everything that this actor did.
///
/// The URL contains the id of the actor, not the name, so no erased name is shown. If nothing is recorded about an
/// actor, only the actor can open the page.
struct ActorController {
  /// The maximum number of changes and service events on a page.
  private static let pageSize = 25

  let history: HistoryService
  let directory: DirectoryKind

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/actors/:type/:actor", use: show)
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    var fields = try request.filterQuery(allowing: ["since", "until", "zone", "reads", "behind"])
    guard
      let type = context.pathParameters["type"].flatMap({ Change.ActorType(rawValue: $0.asciiFolded) }),
      let id = context.pathParameters["actor"]?.percentDecoded(plusIsSpace: false), let actor = ActorID(type, id)
    else { throw RequestError.notFound }
    let newest = try await history.activity(of: actor, size: Self.pageSize).items
    let viewer = try context.requireCaller().actor
    guard !newest.isEmpty || viewer.identity == actor else { throw RequestError.notFound }
    let behind = try fields.removeValue(forKey: "behind").map { (text) throws(RequestError) in
      guard let position = Activity.Position(text) else {
        throw .badRequest("'\(text)' is not the position of a page.", target: "behind")
      }
      return position
    }
    let (range, problem) = Self.range(fields)
    let activity: Activity? =
      if problem == nil {
        try await history.activity(
          of: actor,
          in: range,
          includesReads: fields["reads"] != nil,
          behind: behind,
          size: Self.pageSize
        )
      } else { nil }
    let period = fields.filter { $0.key != "reads" }
    var hasOnlyReads = false
    if let activity, activity.items.isEmpty, fields["reads"] == nil {
      hasOnlyReads = try await !history.activity(of: actor, in: range, size: 1).items.isEmpty
    }
    let page = ActorPage(
      actor,
      known: viewer.identity == actor ? viewer : try await history.named(actor),
      newest: newest.map { ActorPage.Record($0) },
      records: (activity?.items ?? []).map { ActorPage.Record($0) },
      totals: problem == nil ? try await history.totals(of: actor, in: range) : ActorTotals(),
      form: ActorPage.Form(PlainQuestion.shown(fields, in: context.zone), problem: problem),
      filter: period.isEmpty ? "" : "&" + Request.encoded(period),
      next: activity?.next.map { Request.encoded(fields.merging(["behind": $0.description]) { $1 }) },
      reads: hasOnlyReads ? Request.encoded(period.merging(["reads": "true"]) { $1 }) : nil,
      isContinued: behind != nil,
      zone: context.zone,
      trail: PageTrail(period.merging(["actor": "\(type.rawValue)/\(id)"]) { $1 }, PageTrail.timeline).query
    )
    return Response(page: page.render(in: context.frame(directory)))
  }

  /// Returns the period that the form contains, or a range without limits if a value in the form is wrong.
  ///
  /// In the result, `problem` is the error about the wrong value, or nil if no value is wrong.
  private static func range(_ fields: [String: String]) -> (TimeRange, problem: FormError?) {
    do {
      let question = try PlainQuestion(form: fields.filter { $0.key != "reads" })
      return (TimeRange(since: question.since, until: question.until), nil)
    } catch {
      return (TimeRange(), error)
    }
  }
}

extension ActorPage.Record {
  fileprivate init(_ item: Activity.Item) {
    switch item {
    case .change(let change): self = .change(change)
    case .event(let event): self = .event(event)
    case .statement(let change): self = .statement(change)
    }
  }
}
