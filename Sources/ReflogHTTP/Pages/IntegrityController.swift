import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The routes for the page with the newest checkpoint and the service events, and for the confirmation of a replaced
/// key.
struct IntegrityController {
  /// The maximum number of service events on a page.
  private static let eventCount = 30

  let history: HistoryService
  let log: LogPublisher
  let directory: DirectoryKind

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/integrity", use: show)
    group.post("/integrity", use: confirm)
  }

  /// Confirms that the lost key was replaced on purpose, and shows the page again.
  ///
  /// Only admins can confirm the replacement.
  private func confirm(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try request.form(of: try context.requireSession(), context)
    _ = try await log.confirmReplacement(for: try context.requireCaller())
    return .seeOther("/integrity")
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    var behind: Int64?
    if let text = try request.filledQuery(allowing: ["behind"])["behind"] {
      guard let number = Int64(text), number > 0 else {
        throw RequestError.badRequest("'\(text)' is not the id of a service event.", target: "behind")
      }
      behind = number
    }
    let events = try await history.events(EventQuery(isAscending: false), behind: behind, size: Self.eventCount)
    let page = IntegrityPage(
      try await history.status(),
      checkpoint: try await checkpoint(),
      check: try await log.check(),
      server: request.baseURL(context),
      events: events.page,
      older: events.next,
      isContinued: behind != nil,
      canConfirm: Policy.permits(try context.requireCaller(), .administer)
    )
    return Response(page: page.render(in: context.frame(directory)))
  }

  /// Returns the newest checkpoint and the key that verifies the checkpoint, or nil if the log has no checkpoint yet.
  private func checkpoint() async throws(ServiceError) -> (note: String, key: String)? {
    do { return try await history.checkpoint() } catch {
      guard case .notSignedYet = error else { throw error }
      return nil
    }
  }
}
