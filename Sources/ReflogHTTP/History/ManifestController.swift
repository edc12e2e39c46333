import Hummingbird
import ReflogModel
import ReflogService

/// The route for the signed manifests of completed exports.
struct ManifestController {
  let manifests: ExportManifests

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/auditLogs/exportManifests/:manifest", use: withoutOptions(one))
  }

  private func one(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let note = try manifests.manifest(context.pathParameters["manifest"] ?? "")
    return Response(bytes: note.bytes, "text/plain; charset=utf-8")
  }
}
