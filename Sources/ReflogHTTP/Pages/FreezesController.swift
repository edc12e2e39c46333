import FoundationEssentials
import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The routes for the page that lists the freezes, and for placing and releasing a freeze.
struct FreezesController {
  let changes: ChangeService
  let directory: DirectoryKind

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/freezes", use: show)
    group.post("/freezes", use: place)
    group.post("/freezes/:freeze/release", use: release)
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let fields = try request.filledQuery(allowing: ["scope"])
    return Response(page: try await page(FreezesPage.Form(fields), context))
  }

  private func page(_ form: FreezesPage.Form, _ context: ReflogRequestContext) async throws -> String {
    let caller = try context.requireCaller()
    let freezes = try await changes.freezes(for: caller)
    let page = FreezesPage(
      freezes,
      warnings: await changes.warnings(about: freezes.map(\.scope), for: caller).mapValues(\.description),
      now: changes.freezeTime,
      canFreeze: Policy.permits(caller, .freeze),
      form: form
    )
    return page.render(in: context.frame(directory))
  }

  /// Places a freeze. If that is not possible, shows the form again, with the reason.
  private func place(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let form = try request.form(of: try context.requireSession(), context)
    let caller = try context.requireCaller()
    do {
      _ = try await changes.place(try FreezeForm(form, now: changes.freezeTime).draft, for: caller)
    } catch {
      if case ServiceError.forbidden = error { throw error }
      guard let problem = error as? FormError ?? (error as? ServiceError).map({ FormError($0.onPage) }) else {
        throw error
      }
      let status = (error as? ServiceError).map { ErrorAnswer($0).status } ?? .badRequest
      return Response(page: try await page(FreezesPage.Form(form, problem: problem), context), status: status)
    }
    return .seeOther("/freezes")
  }

  private func release(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try request.form(of: try context.requireSession(), context)
    guard let id = context.pathParameters["freeze"].flatMap({ Freeze.id($0) }) else { throw RequestError.notFound }
    try await changes.releaseFreeze(id, for: try context.requireCaller())
    return .seeOther("/freezes")
  }
}
