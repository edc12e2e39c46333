import FoundationEssentials
import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The board of flows and steps, now or at a time, and bringing that back.
struct FlowsController {
  let history: HistoryService
  let rollbacks: TimeRollbacks
  let directory: DirectoryKind

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/flows", use: show)
    group.get("/flows/rollback", use: plan)
    group.post("/flows/rollback", use: begin)
    group.get("/flows/rollback/:batch", use: progress)
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let caller = try context.requireCaller()
    let text = try request.filledQuery()["asOf"] ?? ""
    var (moment, problem): (Timestamp?, String?) = (nil, nil)
    if !text.isEmpty {
      do { moment = try Self.moment(text) } catch { problem = error.description }
    }
    let now = try await history.configurations(asOf: .distantFuture)
    let then = if let moment { try await history.configurations(asOf: moment) } else { now }
    let page = FlowsPage(
      then: then,
      now: moment == nil ? nil : now,
      asOf: text,
      moment: moment,
      canRollBack: Policy.permits(caller, .change),
      problem: problem
    )
    return Response(page: page.render(in: context.frame(directory)))
  }

  private func plan(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let caller = try context.requireCaller()
    guard Policy.permits(caller, .change) else { throw ServiceError.forbidden([]) }
    let rollback = try await rollback(try request.filledQuery())
    let page = TimeRollbackPage(try await rollbacks.plan(rollback, for: caller), of: rollback)
    return Response(page: page.render(in: context.frame(directory)))
  }

  private func begin(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let form = try await request.form(of: try context.requireSession())
    let (rollback, caller) = (try await rollback(form), try context.requireCaller())
    let asked = TimeRollbackRequest(
      rollback: rollback,
      caller: caller,
      reason: try request.reason(orInBody: form["reason"] ?? ""),
      correlationID: context.clientRequestID,
      requestID: context.requestID
    )
    do {
      try await rollbacks.start(asked)
    } catch {
      guard case .reasonRequired = error else { throw error }
      let steps = try await rollbacks.plan(rollback, for: caller)
      let page = TimeRollbackPage(steps, of: rollback, problem: error.description)
      return Response(page: page.render(in: context.frame(directory)), status: .badRequest)
    }
    return .seeOther("/flows/rollback/\(rollback.batchID)")
  }

  private func progress(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let id = try TimeRollbackBody.batchID(context.parameters.get("batch") ?? "")
    let caller = try context.requireCaller()
    guard let progress = try await rollbacks.progress(of: id, for: caller) else {
      throw ServiceError.timeRollbackNotFound(id)
    }
    return Response(
      page: TimeRollbackPage(progress, canGoOn: Policy.permits(caller, .change)).render(in: context.frame(directory))
    )
  }

  /// What a form asks for: `asOf`, and `batch` where it was planned or begun before; one that was begun is as it was then.
  private func rollback(_ fields: [String: String]) async throws -> TimeRollback {
    let batch = try fields["batch"].map { (text) throws(RequestError) in try TimeRollbackBody.batchID(text) }
    if let batch, let known = try await rollbacks.known(batch) { return known }
    let moment: Timestamp
    do { moment = try Self.moment(fields["asOf"] ?? "") } catch {
      throw RequestError.badRequest(error.description, target: "asOf")
    }
    return TimeRollback(batchID: batch ?? UUID().uuidString.lowercased(), asOf: moment, scope: .everything)
  }

  /// A time that is over: as browsers send it, which is without a zone and then means UTC, or as Reflog writes it.
  private static func moment(_ text: String) throws(FormError) -> Timestamp {
    let isWithoutSeconds = text.utf8.count == 16
    let spelled =
      text.contains("T") && !text.hasSuffix("Z") && !text.contains("+")
      ? text + (isWithoutSeconds ? ":00Z" : "Z") : text
    guard let time = Timestamp(parsing: spelled), time <= Timestamp(Date()) else {
      throw FormError(description: "\(text.isEmpty ? "Nothing" : text) is no time that is over.")
    }
    return time
  }
}
