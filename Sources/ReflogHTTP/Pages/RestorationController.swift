import Hummingbird
import ReflogModel
import ReflogService

/// The route that restores the values that a connector had before an edit.
///
/// The request is an ordinary edit of the connector. So it needs the same role and is recorded in the same way.
struct RestorationController {
  /// The end of the path to which the form on the page of a change is sent.
  static let ending = "/restore"

  let changes: ChangeService
  let history: HistoryService

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.post("/changes/:change/restore", use: restore)
  }

  private func restore(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let form = try request.form(of: try context.requireSession(), context)
    let trail = PageTrail(try request.filledQuery(allowing: PageTrail.timeline), PageTrail.timeline).query
    let change = try await history.change(try context.changeID())
    guard let (values, later) = try await history.restoration(of: change), values.isComplete, later == nil else {
      throw RequestError.badRequest(
        "The values before change \(change.id) can't be restored here, because they are not all recorded or because a "
          + "later change edited the connector or may still edit it. Nothing was done.",
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
      return .seeOther("/changes/\(made?.id ?? change.id)\(trail)")
    } catch {
      // The result is not known yet, so the edit is a pending change. The page of this change shows the result later.
      guard case .outcomeUnknown(let pending, _) = error, let first = pending.first else { throw error }
      return .seeOther("/changes/\(first)\(trail)")
    }
  }
}
