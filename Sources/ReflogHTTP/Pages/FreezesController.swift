import FoundationEssentials
import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The routes for the page that lists the freezes, and for the release of a freeze.
struct FreezesController {
  let changes: ChangeService
  let directory: DirectoryKind

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/freezes", use: show)
    group.post("/freezes/:freeze/release", use: release)
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try request.filledQuery(allowing: [])
    let caller = try context.requireCaller()
    let page = FreezesPage(
      try await changes.freezes(for: caller),
      now: changes.freezeTime,
      canRelease: Policy.permits(caller, .freeze)
    )
    return Response(page: page.render(in: context.frame(directory)))
  }

  private func release(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try request.form(of: try context.requireSession(), context)
    guard let id = context.parameters.get("freeze").flatMap({ Freeze.id($0) }) else { throw RequestError.notFound }
    try await changes.releaseFreeze(id, for: try context.requireCaller())
    return .seeOther("/freezes")
  }
}
