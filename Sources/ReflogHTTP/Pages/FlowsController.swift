import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The routes for the page with the references of all flows, and for the rollback to a time.
///
/// The page shows the current references, or the references at an earlier time.
struct FlowsController {
  /// The maximum number of flows on a page.
  ///
  /// The number is small, so the page loads fast.
  private static let pageSize = 12

  let changes: ChangeService
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
    let typed = try request.filledQuery(allowing: PageTrail.flows + [DifferencesController.field])
    let fields = PageTime.absolute(typed, ["asOf", DifferencesController.field])
    if fields[DifferencesController.field] != nil {
      return try await DifferencesController(history: history, directory: directory).show(fields, context)
    }
    let question = Self.question(fields, in: context.zone)
    let (flows, next) = try await flows(question.search, behind: fields["behind"].flatMap { FlowName($0) })
    async let held = held(flows, at: question.moment)
    let now = try await history.configurations(
      asOf: .distantFuture,
      of: flows,
      includesEdits: question.moment == nil
    )
    let then = try await held
    let page = FlowsPage(
      then: then ?? now,
      now: then == nil ? nil : now,
      edits: try await edits(then ?? [], since: question.moment),
      pending: try await pending(now),
      freezes: changes.freezesInForce,
      question: question,
      next: next.map { Request.encoded(fields.merging(["behind": $0.description]) { $1 }) },
      canRollBack: changes.offersRollback(to: try context.requireCaller())
    )
    return Response(page: page.render(in: context.frame(directory)))
  }

  /// Returns the references that the flows' steps had at a time, or nil if `moment` is nil.
  private func held(_ flows: [FlowName], at moment: Timestamp?) async throws -> [ConnectorConfiguration]? {
    guard let moment else { return nil }
    return try await history.configurations(asOf: moment, of: flows, includesEdits: true)
  }

  /// Returns the edits of the connectors that the steps called at a moment.
  ///
  /// Only edits since that moment are returned. The key is the id of the connector. The result is empty if the moment
  /// is nil.
  private func edits(
    _ then: [ConnectorConfiguration],
    since moment: Timestamp?
  ) async throws -> [ConnectorID: ConnectorEdits] {
    guard let moment else { return [:] }
    return try await history.edits(of: Set(then.compactMap(\.reference.connectorID)), since: moment)
  }

  /// Returns the ids of the pending changes.
  ///
  /// The key is the address that the pending change sets.
  private func pending(_ now: [ConnectorConfiguration]) async throws -> [Address: Change.ID] {
    var pending: [Address: Change.ID] = [:]
    for configuration in now where !configuration.isCertain {
      pending[configuration.address] = try await history.pendingChange(at: configuration.address)?.id
    }
    return pending
  }

  private static func question(_ fields: [String: String], in zone: PageTimeZone) -> FlowsPage.Question {
    var question = FlowsPage.Question()
    question.search = fields["flow"] ?? ""
    question.isBehindOthers = fields["behind"] != nil
    question.asOf = fields["asOf"] ?? ""
    question.zone = zone
    question.trail = PageTrail(fields, PageTrail.flows).query
    guard !question.asOf.isEmpty else { return question }
    do {
      question.moment = try PageTime(in: try PageTimeZone(ofTimesIn: fields)).past(question.asOf, in: "asOf")
    } catch {
      question.problem = error
    }
    return question
  }

  /// Returns one page of the flows whose id contains a text.
  ///
  /// If more flows follow, `next` is the last flow on the page. Otherwise `next` is nil.
  private func flows(_ search: String, behind: FlowName?) async throws -> ([FlowName], next: FlowName?) {
    let folded = search.asciiFolded
    let matches = try await history.flows().filter { name in
      (behind.map { $0 < name } ?? true) && (folded.isEmpty || name.flow.text.asciiFolded.contains(folded))
    }
    let page = Array(matches.prefix(Self.pageSize))
    return (page, matches.count > page.count ? page.last : nil)
  }

  private func plan(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let caller = try context.requireCaller()
    try Policy.require(caller, .change)
    var fields = try request.filledQuery(allowing: ["flow", "asOf"])
    // The newest change must be read before the plan is made. If another change is made at the same time as the plan,
    // that change is newer than `newest`, so the rollback can detect that change.
    fields["newest"] = try await history.status().newestChange?.description
    let rollback = try await rollback(fields)
    let plan = try await rollbacks.plan(rollback, for: caller, overridesFreezes: true)
    let page = TimeRollbackPlanPage(plan, frozen: frozen(plan.steps, caller))
    return Response(page: page.render(in: context.frame(directory)))
  }

  private func begin(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let form = try request.form(of: try context.requireSession(), context)
    let (rollback, caller) = (try await rollback(form), try context.requireCaller())
    let timeRollback = TimeRollbackRequest(
      rollback: rollback,
      caller: caller,
      reason: try request.reason(orInBody: form["reason"] ?? ""),
      correlationID: context.clientRequestID,
      requestID: context.requestID,
      override: try Request.checkedOverride(form["override"] ?? "")
    )
    do {
      try await rollbacks.start(timeRollback)
    } catch {
      if case .forbidden = error { throw error }
      // The page shows a new plan, the error, and the reason that the person entered. If no new plan can be made, the
      // page shows only the error.
      guard let plan = try? await rollbacks.plan(rollback, for: caller, overridesFreezes: true) else { throw error }
      let frozen = frozen(plan.steps, caller, override: form["override"] ?? "")
      let page = TimeRollbackPlanPage(plan, frozen: frozen, reason: form["reason"] ?? "", problem: error.onPage)
      var context = context
      context.pagePath = "/flows/rollback?" + Request.encoded(form.filter { ["asOf", "flow"].contains($0.key) })
      return Response(page: page.render(in: context.frame(directory)), status: ErrorAnswer(error).status)
    }
    return .seeOther("/flows/rollback/\(rollback.batchID)")
  }

  private func progress(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try request.filledQuery(allowing: [])
    guard let id = try? TimeRollbackBody.batchID(context.pathParameters["batch"] ?? "") else {
      throw RequestError.notFound
    }
    let caller = try context.requireCaller()
    guard let progress = try await rollbacks.progress(of: id, for: caller) else {
      throw ServiceError.timeRollbackNotFound(id)
    }
    let page = TimeRollbackProgressPage(
      progress,
      frozen: frozen(progress.steps, caller),
      canGoOn: Policy.permits(caller, .change)
    )
    return Response(page: page.render(in: context.frame(directory)))
  }

  /// Returns the freezes that cover the steps of a rollback now.
  private func frozen(_ steps: [TimeRollback.Item], _ caller: Caller, override: String = "") -> FrozenSteps {
    let freezes = steps.compactMap { step in changes.freeze(covering: step.address).map { (step.address, $0) } }
    let canOverride = Policy.permits(caller, .freeze)
    return FrozenSteps(Dictionary(freezes) { first, _ in first }, canOverride: canOverride, override: override)
  }

  private static func scope(_ fields: [String: String]) throws(RequestError) -> FlowScope {
    guard let text = fields["flow"] else { return .everything }
    guard let name = FlowName(text) else {
      throw .badRequest("'\(text)' is not a flow. Give one such as b2cUserFlows/B2C_1_signup.", target: "flow")
    }
    return .flow(name.flowType, name.flow)
  }

  /// Returns the rollback that a form requests.
  ///
  /// The field `asOf` is the time to roll back to. The field `flow` is missing if all flows are rolled back. The field
  /// `batch` is missing in the request for the first plan. The field `newest` is the id of the change that was the
  /// newest when the plan was made. If the rollback has already begun, the result has the values with which the
  /// rollback began.
  private func rollback(_ fields: [String: String]) async throws -> TimeRollback {
    let batch = try fields["batch"].map { (text) throws(RequestError) in
      do { return try TimeRollbackBody.batchID(text) } catch {
        throw .badRequest("The form does not contain a valid rollback id. Load the page again.", target: "batch")
      }
    }
    if let batch, let known = try await rollbacks.known(batch) { return known }
    let moment: Timestamp
    do { moment = try PageTime(in: .utc).past(fields["asOf"] ?? "", in: "asOf") } catch {
      throw RequestError.badRequest(error.description, target: "asOf")
    }
    return TimeRollback(
      batchID: batch ?? GUID.random(),
      asOf: moment,
      scope: try Self.scope(fields),
      newestChange: fields["newest"].flatMap { Int64($0) }.map { Change.ID($0) }
    )
  }
}
