import HTTPTypes
import Hummingbird
import ReflogWeb

/// The routes for the style sheet and the script of the web pages.
///
/// These routes need no credential.
struct AssetController {
  func addRoutes(to router: RouterGroup<ReflogRequestContext>) {
    router.get("/assets/reflog.css") { _, _ in Self.response(.style) }
    router.get("/assets/reflog.js") { _, _ in Self.response(.script) }
    // Browsers request an icon automatically. Reflog has no icon, so the answer is empty.
    router.get("/favicon.ico") { _, _ in Response(status: .noContent) }
  }

  private static func response(_ asset: WebAsset) -> Response {
    var response = Response(bytes: asset.bytes, asset.contentType)
    response.headers[.cacheControl] = "public, max-age=31536000, immutable"
    return response
  }
}
