import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The route that restores the values that a connector had before an edit.
///
/// The request is an edit of the connector. So it needs the same role and is recorded in the same way.
struct RestorationController {
  /// The end of the path to which the form on the page of a change is sent.
  static let ending = "/restore"
  /// After the values were restored, the URL of the next page contains this field, so that the page shows a message.
  static let restored = "restored"

  let changes: ChangeService
  let history: HistoryService
  let events: EventRecorder
  /// The pages of changes. If the request is refused, the page of the change shows the form again.
  let pages: ChangePagesController

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.post("/changes/:change/restore", use: restore)
  }

  private func restore(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let form = try request.form(of: try context.requireSession(), context)
    let fields = try request.filledQuery(allowing: PageTrail.timeline)
    let trail = PageTrail(fields, PageTrail.timeline).query
    let change = try await history.change(try context.changeID())
    let (caller, freezing) = (try context.requireCaller(), try RollbackForm(form))
    do {
      let later = try ChangePagesController.shownLaterChanges(form)
      let edit = ChangeRequest(
        action: try await changes.update(restoring: change.id, permitting: later, for: caller),
        caller: caller,
        reason: try request.reason(orInBody: form["reason"] ?? ""),
        correlationID: context.clientRequestID,
        requestID: context.requestID,
        override: freezing.override
      )
      let made = try await changes.perform(edit).changes.first
      let query = [trail, "\(Self.restored)=true", await freeze(after: change, freezing, caller)]
      return Self.page(of: made?.id ?? change.id, query)
    } catch let error as ServiceError {
      if case .forbidden = error { throw error }
      if case .notRestorable = error { throw error }
      // The result is not known yet, so the edit is a pending change. The page of this change shows the result later.
      // No step is frozen, because the edit possibly had no effect.
      if case .outcomeUnknown(let pending, _) = error, let first = pending.first {
        return Self.page(of: first, [trail, freezing.isFreezing ? "notFrozen=true" : ""])
      }
      let refused = ChangeDetailPage.Restoration.Form(
        reason: form["reason"] ?? "",
        override: form["override"] ?? "",
        problem: error.onPage
      )
      guard let page = try? await pages.page(of: change, fields, request, context, refused: refused) else {
        throw error
      }
      // The middleware counts a denied request only if an error is thrown. This error is not thrown, so the request is
      // counted here.
      events.countDenial(error, of: caller)
      return Response(page: page.render(in: context.frame(pages.directory)), status: ErrorAnswer(error).status)
    }
  }

  /// Freezes the steps that call the connector of an edit, if the form requests it.
  ///
  /// Returns the part of the URL that lets the next page show which freezes were placed, and whether some are missing.
  private func freeze(after edit: Change, _ form: RollbackForm, _ caller: Caller) async -> String {
    guard form.isFreezing, let connector = edit.after.connectorID else { return "" }
    let now = changes.freezeTime
    let placed = await changes.freezeCallers(of: connector, for: caller) { address in
      form.freeze(of: address, afterRestoring: edit.id, now: now)
    }
    func field(_ name: String, _ freezes: [Freeze]) -> String {
      let ids = Set(freezes.map(\.id)).sorted().map { String($0) }.joined(separator: ",")
      return ids.isEmpty ? "" : "\(name)=\(ids)"
    }
    let fields = [field("frozen", placed.placed), field("alreadyFrozen", placed.earlier)]
    return (fields + [placed.isComplete ? "" : "notFrozen=true"]).filter { !$0.isEmpty }.joined(separator: "&")
  }

  /// Returns a redirect to the page of a change, with those parts of a query that are not empty.
  private static func page(of change: Change.ID, _ parts: [String]) -> Response {
    let query = parts.map { $0.hasPrefix("?") ? String($0.dropFirst()) : $0 }.filter { !$0.isEmpty }
    return .seeOther("/changes/\(change)\(query.isEmpty ? "" : "?")\(query.joined(separator: "&"))")
  }
}
