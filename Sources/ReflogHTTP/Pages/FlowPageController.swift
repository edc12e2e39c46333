import FoundationEssentials
import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The page of one flow.
///
/// For each step of the flow, the page shows a lane: a list of the step's newest effective changes.
struct FlowPageController {
  /// The maximum number of effective changes in a lane.
  private static let laneLength = 12
  /// The maximum number of changes of connectors in a lane.
  private static let maximumEditCount = 12

  let changes: ChangeService
  let history: HistoryService
  let directory: DirectoryKind

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/flows/:flowType/:flow", use: show)
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    guard let flowType = FlowType(segment: context.pathParameters["flowType"] ?? "") else {
      throw RequestError.notFound
    }
    let fields = PageTime.absolute(try request.filledQuery(allowing: ["until"] + PageTrail.flows), ["asOf", "until"])
    let name = FlowName(flowType, try context.flowID())
    let known = try await history.configurations(asOf: .distantFuture, of: [name]).map(\.address)
    guard let first = known.first else { throw ServiceError.flowNotFound(name.description) }
    let end = try Self.end(fields)
    let lanes = try await lanes(known, until: end?.bound)
    let page = FlowPage(
      FlowName(of: first),
      lanes,
      end: end?.shown ?? Timestamp(Date()),
      isNow: end == nil,
      freezes: changes.freezesInForce,
      canFreeze: Policy.permits(try context.requireCaller(), .freeze),
      trail: PageTrail(fields, PageTrail.flows).query,
      nowTrail: PageTrail(fields, PageTrail.flows.filter { !PageTrail.times.contains($0) }).query
    )
    return Response(page: page.render(in: context.frame(directory)))
  }

  /// Returns the time at which the history on the page ends, or nil if the page shows the history up to now.
  ///
  /// `shown` is the time in the field `until`, or in the field `asOf` if `until` is missing. The page shows only
  /// changes that were settled before `bound`. With `until`, `bound` is the same time. With `asOf`, `bound` is a
  /// microsecond later. So with `asOf`, a change at exactly the shown time is included, as in the list of flows.
  private static func end(_ fields: [String: String]) throws -> (shown: Timestamp, bound: Timestamp)? {
    let target = fields["until"] == nil ? "asOf" : "until"
    guard let text = fields[target] else { return nil }
    do {
      let zone = try target == "asOf" ? PageTimeZone(ofTimesIn: fields) : .utc
      let moment = try PageTime(in: zone).past(text, in: target)
      return (moment, target == "asOf" ? Timestamp(microseconds: moment.microseconds + 1) : moment)
    } catch {
      throw RequestError.badRequest(error.description, target: target)
    }
  }

  /// Returns one lane for each address, in the order of the addresses.
  ///
  /// A flow has few steps, so all lanes are read at the same time.
  private func lanes(_ addresses: [Address], until: Timestamp?) async throws -> [FlowLane] {
    try await withThrowingTaskGroup(of: (Int, FlowLane).self) { group in
      for (index, address) in addresses.enumerated() {
        group.addTask {
          let lane = try await lane(address, until: until)
          return (index, lane.with(edits: try await edits(at: address, since: lane.start, until: until)))
        }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  /// Returns the lane that shows a step's newest effective changes.
  ///
  /// The lane contains only changes that are earlier than `until`. If `until` is nil, there is no time limit.
  private func lane(_ address: Address, until: Timestamp?) async throws -> FlowLane {
    let found = try await history.effectiveChanges(at: address, settledBefore: until, limit: Self.laneLength + 1)
    guard found.count <= Self.laneLength else {
      return FlowLane(address.step, Array(found.prefix(Self.laneLength)), isWhole: false)
    }
    let first = try await firstApplied(address, until: until)
    let isNew = first.first.map { first in found.last.map { first.id < $0.id } ?? true } ?? false
    return FlowLane(address.step, isNew ? found + first : found, isWhole: true)
  }

  /// Returns the newest changes of the connectors that a step called, from `since` until `until`.
  ///
  /// The newest change is first. Changes that had no effect on a connector are left out.
  private func edits(at address: Address, since: Timestamp?, until: Timestamp?) async throws -> [Change] {
    guard let since else { return [] }
    var question = PlainQuestion(about: address)
    question.subject = Change.Subject.connector.word
    (question.since, question.until) = (since, until)
    guard let filter = try question.filter() else { return [] }
    let results: [Change.Result] = [.rejected, .denied, .notApplied]
    let withoutEffect = ChangeFilter.oneOf(.plain(.result), results.map { .text($0.rawValue) })
    let query = ChangeQuery(filter: .and(filter, .not(withoutEffect)), includesImpact: true)
    return try await history.page(query, behind: nil, size: Self.maximumEditCount).changes
  }

  /// Returns the oldest applied change of a step, or an empty list if the step has no applied change.
  ///
  /// The change is returned even if it had no effect, because the change shows which connector the step called.
  private func firstApplied(_ address: Address, until: Timestamp?) async throws -> [Change] {
    var question = PlainQuestion(about: address)
    question.result = .applied
    question.until = until
    let query = ChangeQuery(filter: try question.filter(), isAscending: true)
    return try await history.page(query, behind: nil, size: 1).changes
  }
}
