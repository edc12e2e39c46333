import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The route that restores the values that a connector had before an edit.
///
/// The request is an ordinary edit of the connector. So it needs the same role and is recorded in the same way.
struct RestorationController {
  /// The end of the path to which the form on the page of a change is sent.
  static let ending = "/restore"
  /// The field in the URL of the page that opens after the values were restored. The page then shows a message.
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
    guard let (values, later) = try await history.restoration(of: change), values.isComplete, later == nil else {
      throw RequestError.badRequest(
        "Nothing was done: not all values before change \(change.id) are recorded, or a later change may have edited "
          + "the connector. The page of the change shows why.",
        target: "change"
      )
    }
    let edit = ChangeRequest(
      action: .updateConnector(values.connector, values.body, ifNewest: change.id),
      caller: try context.requireCaller(),
      reason: try request.reason(orInBody: form["reason"] ?? ""),
      correlationID: context.clientRequestID,
      requestID: context.requestID,
      override: try RollbackForm(form).override
    )
    do {
      let made = try await changes.perform(edit).changes.first
      guard let made else { return .seeOther("/changes/\(change.id)\(trail)") }
      return .seeOther("/changes/\(made.id)\(trail)\(trail.isEmpty ? "?" : "&")\(Self.restored)=true")
    } catch {
      if case .forbidden = error { throw error }
      // The result is not known yet, so the edit is a pending change. The page of this change shows the result later.
      if case .outcomeUnknown(let pending, _) = error, let first = pending.first {
        return .seeOther("/changes/\(first)\(trail)")
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
      events.countDenial(error, of: edit.caller)
      return Response(page: page.render(in: context.frame(pages.directory)), status: ErrorAnswer(error).status)
    }
  }
}
