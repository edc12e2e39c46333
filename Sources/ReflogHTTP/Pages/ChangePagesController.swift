import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The routes for the page of a change, for the receipt of a change, and for the page that rolls back a change.
struct ChangePagesController {
  /// The maximum number of earlier changes on the page of a change, and also the maximum number of later changes.
  private static let chainLength = 5

  let changes: ChangeService
  let history: HistoryService
  let events: EventRecorder
  let directory: DirectoryKind

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/changes/:change", use: show)
    group.get("/changes/:change/receipt", use: receipt)
    group.get("/changes/:change/rollback", use: plan)
    group.post("/changes/:change/rollback", use: rollBack)
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let own = ["frozen", "alreadyFrozen", "notFrozen", RestorationController.restored]
    let fields = try request.filledQuery(allowing: own + PageTrail.timeline)
    let change = try await history.change(try context.changeID())
    let page = try await page(of: change, fields, request, context)
    return Response(page: page.render(in: context.frame(directory)))
  }

  /// Returns the page of a change.
  ///
  /// - Parameters:
  ///   - change: The change.
  ///   - fields: The fields of the URL.
  ///   - request: The request.
  ///   - context: The context of the request.
  ///   - form: The sent form that restores the values before the change, if Reflog refused it. Otherwise, an empty
  ///     form.
  func page(
    of change: Change,
    _ fields: [String: String],
    _ request: Request,
    _ context: ReflogRequestContext,
    refused form: ChangeDetailPage.Restoration.Form = .empty
  ) async throws -> ChangeDetailPage {
    let caller = try context.requireCaller()
    let isRevertible =
      change.intent.subject.address != nil && change.result == .applied
      && change.intent.kind != .baseline && change.intent.before != .unknown
    return ChangeDetailPage(
      try await history.inContext(change),
      chain: try await chain(around: change),
      rollback: try await history.rollback(of: change.id),
      tenantID: try await history.status().tenantID,
      isSigned: try await isSigned(change),
      freezes: try await changes.freezes(coveringSubjectOf: change),
      placed: inForce(fields["frozen"]),
      earlier: inForce(fields["alreadyFrozen"]),
      notFrozen: fields["notFrozen"] != nil,
      canFreeze: Policy.permits(caller, .freeze),
      restoration: try await restoration(of: change, form, request, context),
      isRestored: fields[RestorationController.restored] != nil,
      canRollBack: isRevertible && changes.offersRollback(to: caller),
      needsOperator: isRevertible && !Policy.permits(caller, .change),
      trail: PageTrail(fields, PageTrail.timeline).query
    )
  }

  /// Returns those freezes in force whose ids a field of the URL contains.
  ///
  /// The ids in the field are separated by commas.
  private func inForce(_ field: String?) -> [Freeze] {
    let ids = Set((field ?? "").split(separator: ",").map(String.init))
    return ids.isEmpty ? [] : changes.freezesInForce.filter { ids.contains(String($0.id)) }
  }

  /// Returns the values before an edit of a connector.
  ///
  /// The result is nil if the change is not an applied edit of a connector, or if the connector was deleted later.
  private func restoration(
    of change: Change,
    _ form: ChangeDetailPage.Restoration.Form,
    _ request: Request,
    _ context: ReflogRequestContext
  ) async throws -> ChangeDetailPage.Restoration? {
    guard let plan = try await history.restoration(of: change), plan.deletion == nil else { return nil }
    let caller = try context.requireCaller()
    let offersFreeze = Policy.permits(caller, .freeze)
    let callers =
      offersFreeze ? try await changes.callers(of: plan.values.connector, for: caller) : (addresses: [], count: 0)
    return ChangeDetailPage.Restoration(
      plan,
      callers: callers.addresses,
      callerCount: callers.count,
      server: request.baseURL(context),
      canEdit: changes.offersRollback(to: caller),
      needsOperator: !Policy.permits(caller, .change),
      form: form
    )
  }

  /// Returns a change together with earlier and later changes of the same step or of the same connector, newest first.
  ///
  /// The changes of a step include each change of a connector that the step called when the change was made. The result
  /// is empty if the given change is about a connector that was not created.
  private func chain(around change: Change) async throws -> [ChangeInContext] {
    guard let filter = try Self.chain(of: change) else { return [] }
    let earlier = ChangeQuery(filter: filter, includesImpact: true)
    let later = ChangeQuery(filter: filter, isAscending: true, includesImpact: true)
    async let after = history.page(later, behind: change.id, size: Self.chainLength)
    let before = try await history.page(earlier, behind: change.id, size: Self.chainLength)
    return try await history.inContext(after.changes.reversed() + [change] + before.changes, of: earlier)
  }

  /// Returns a filter for all changes of the step or connector that a change wrote.
  ///
  /// The result is nil if the change is about a connector that was not created.
  private static func chain(of change: Change) throws -> ChangeFilter? {
    if let address = change.intent.subject.address { return try PlainQuestion(about: address).filter() }
    guard let connector = change.intent.before.connectorID ?? change.after.connectorID else { return nil }
    return try PlainQuestion(aboutChangesOf: connector).filter()
  }

  private func isSigned(_ change: Change) async throws -> Bool {
    do {
      _ = try await history.proof(of: change.id)
      return true
    } catch ServiceError.notSignedYet {
      return false
    }
  }

  private func receipt(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try request.filledQuery(allowing: [])
    let id = try context.changeID()
    var response = Response(bytes: try await history.proof(of: id).bytes, "text/plain; charset=utf-8")
    let name = DownloadName(["change-\(id)", "receipt"], taken: nil, ending: "tlog-proof")
    response.headers[.contentDisposition] = name.disposition
    return response
  }

  private func plan(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let trail = try Self.trail(of: request)
    let caller = try context.requireCaller()
    try Policy.require(caller, .change)
    let plan = try await changes.plan(rollbackOf: try context.changeID(), for: caller)
    let page = try await page(plan, for: caller, trail: trail)
    return Response(page: page.render(in: context.frame(directory)))
  }

  private func rollBack(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let form = try request.form(of: try context.requireSession(), context)
    let (id, trail) = (try context.changeID(), try Self.trail(of: request))
    let fields = try RollbackForm(form)
    let rollback = ChangeRequest(
      action: .rollBack(id, permitting: try Self.permitted(form)),
      caller: try context.requireCaller(),
      reason: try request.reason(orInBody: form["reason"] ?? ""),
      correlationID: context.clientRequestID,
      requestID: context.requestID,
      override: fields.override
    )
    do {
      let made = try await changes.perform(rollback).changes.first
      let freeze = fields.isFreezing ? await freeze(made, fields, rollback.caller) : nil
      return Self.page(of: made?.id ?? id, trail, fields, freeze)
    } catch {
      if case .forbidden = error { throw error }
      // The result of the rollback is not known yet, so the rollback is a pending change. The page of this change shows
      // the result later. The step is not frozen, because the rollback possibly had no effect.
      if case .outcomeUnknown(let pending, _) = error, let first = pending.first {
        return Self.page(of: first, trail, fields, nil)
      }
      // A new plan shows the reason that prevents the rollback. If no new plan can be made, the error itself is shown.
      guard let plan = try? await changes.plan(rollbackOf: id, for: rollback.caller),
        let page = try? await page(plan, for: rollback.caller, trail: trail, form: form, problem: error.onPage)
      else { throw error }
      // The middleware counts a denied request only if an error is thrown. This error is not thrown, so the request is
      // counted here.
      events.countDenial(error, of: rollback.caller)
      return Response(page: page.render(in: context.frame(directory)), status: ErrorAnswer(error).status)
    }
  }

  /// Returns the query of the timeline from which the person opened the page.
  private static func trail(of request: Request) throws(RequestError) -> PageTrail {
    PageTrail(try request.filledQuery(allowing: PageTrail.timeline), PageTrail.timeline)
  }

  /// Freezes the step of a rollback, and returns the freeze, or nil if the step could not be frozen.
  private func freeze(_ rollback: Change?, _ form: RollbackForm, _ caller: Caller) async -> Freeze? {
    guard let rollback, let address = rollback.intent.subject.address else { return nil }
    // The rollback was made, so the page of the rollback is shown even if the freeze fails. The page then contains a
    // message that the step is not frozen.
    let draft = form.freeze(of: address, after: rollback, now: changes.freezeTime)
    return try? await changes.place(draft, for: caller)
  }

  /// Returns a redirect to the page of a rollback. If the form requested a freeze, that page shows whether the freeze
  /// was placed.
  private static func page(
    of change: Change.ID,
    _ trail: PageTrail,
    _ form: RollbackForm,
    _ freeze: Freeze?
  ) -> Response {
    let message = form.isFreezing ? freeze.map { "frozen=\($0.id)" } ?? "notFrozen=true" : ""
    let separator = message.isEmpty ? "" : trail.query.isEmpty ? "?" : "&"
    return .seeOther("/changes/\(change)\(trail.query)\(separator)\(message)")
  }

  /// Returns the page that shows the plan of a rollback, with the values that the person has already entered.
  private func page(
    _ plan: RollbackPlan,
    for caller: Caller,
    trail: PageTrail,
    form: [String: String] = [:],
    problem: String? = nil
  ) async throws(ServiceError) -> RollbackPage {
    RollbackPage(
      plan,
      later: try await later(plan),
      reason: form["reason"] ?? "",
      problem: problem,
      freeze: changes.freeze(covering: plan.address),
      offersFreeze: Policy.permits(caller, .freeze),
      override: form["override"] ?? "",
      trail: trail.query
    )
  }

  /// Returns the later changes that prevent a rollback, newest first.
  ///
  /// If there are many such changes, only the newest are returned.
  private func later(_ plan: RollbackPlan) async throws(ServiceError) -> [Change] {
    var later: [Change] = []
    for id in plan.supersededBy.suffix(RollbackPage.mostLater).reversed() { later.append(try await history.change(id)) }
    return later
  }

  /// Returns the drift and the later changes that the rollback is allowed to undo in addition to the change.
  ///
  /// The rollback is allowed to undo the drift only if the address still holds the reference that the plan showed. The
  /// rollback is allowed to undo later changes only if the plan showed these changes and the person agreed.
  private static func permitted(_ form: [String: String]) throws(RequestError) -> RollbackRule.LaterChanges {
    let later = try shownLaterChanges(form)
    switch form["standing"] {
    case nil: return later
    case "none": return .drift(to: .none, and: later)
    case .some(let text):
      guard let id = ConnectorID(text) else {
        throw .badRequest(
          "The form does not contain the connector that the plan showed. Load the page again.",
          target: "standing"
        )
      }
      return .drift(to: .connector(id, displayName: nil), and: later)
    }
  }

  /// Returns the later changes that the form showed, or no changes if the person did not agree to undo later changes.
  static func shownLaterChanges(_ form: [String: String]) throws(RequestError) -> RollbackRule.LaterChanges {
    guard form["force"] == "true" else { return .none }
    guard let seen = form["seen"].flatMap({ Int64($0) }) else {
      throw .badRequest(
        "The form does not contain the newest change that the plan showed. Load the page again.",
        target: "seen"
      )
    }
    return .upTo(Change.ID(seen))
  }
}
