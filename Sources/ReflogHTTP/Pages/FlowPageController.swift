import FoundationEssentials
import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// One flow, a lane for each of its steps.
struct FlowPageController {
  /// How many changes that made a difference a lane shows.
  private static let laneLength = 12

  let history: HistoryService
  let directory: DirectoryKind

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/flows/:flowType/:flow", use: show)
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    guard let flowType = FlowType(segment: context.parameters.get("flowType") ?? "") else {
      throw RequestError.notFound
    }
    let asked = FlowName(flowType, try context.flowID())
    let known = try await history.configurations(asOf: .distantFuture, of: [asked]).map(\.address)
    guard let first = known.first else { throw ServiceError.flowNotFound(asked.flowType, asked.flow) }
    var until: Timestamp?
    if let text = try request.filledQuery()["until"] {
      do { until = try PageTime.past(text) } catch {
        throw RequestError.badRequest(error.description, target: "until")
      }
    }
    let lanes = try await lanes(known, until: until)
    let page = FlowPage(FlowName(of: first), lanes, end: until ?? Timestamp(Date()), isNow: until == nil)
    return Response(page: page.render(in: context.frame(directory)))
  }

  /// In the order of the addresses; a flow has a handful of steps, looked up side by side.
  private func lanes(_ addresses: [Address], until: Timestamp?) async throws -> [FlowLane] {
    try await withThrowingTaskGroup(of: (Int, FlowLane).self) { group in
      for (index, address) in addresses.enumerated() {
        group.addTask { (index, try await lane(address, until: until)) }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  /// The newest of what made a difference to a step, before a time or at all.
  private func lane(_ address: Address, until: Timestamp?) async throws -> FlowLane {
    let found = try await history.effectiveChanges(at: address, settledBefore: until, limit: Self.laneLength + 1)
    guard found.count <= Self.laneLength else {
      return FlowLane(address.step, Array(found.prefix(Self.laneLength)), isWhole: false)
    }
    let first = try await firstApplied(address, until: until)
    let isNew = first.first.map { first in found.last.map { first.id < $0.id } ?? true } ?? false
    return FlowLane(address.step, isNew ? found + first : found, isWhole: true)
  }

  /// The oldest of what was applied to a step: it may have made no difference, and still shows what was called.
  private func firstApplied(_ address: Address, until: Timestamp?) async throws -> [Change] {
    var question = PlainQuestion(about: address)
    question.result = .applied
    question.until = until
    let query = ChangeQuery(filter: try question.filter(), isAscending: true)
    return try await history.page(query, behind: nil, size: 1).changes
  }
}
