import HTTPTypes
import Hummingbird
import ReflogEvidence
import ReflogWeb

/// The routes for the style sheet and the script of the web pages, and for the program that checks the log.
///
/// These routes need no credential.
struct AssetController {
  func addRoutes(to router: RouterGroup<ReflogRequestContext>) {
    router.get("/assets/reflog.css") { _, _ in Self.response(.style) }
    router.get("/assets/reflog.js") { _, _ in Self.response(.script) }
    router.get("/assets/verify_log.py") { _, _ in Response(bytes: LogVerifier.bytes, LogVerifier.contentType) }
    // Browsers request an icon automatically. Reflog has no icon, so the answer is empty.
    router.get("/favicon.ico") { _, _ in Response(status: .noContent) }
  }

  private static func response(_ asset: WebAsset) -> Response {
    var response = Response(bytes: asset.bytes, asset.contentType)
    response.headers[.cacheControl] = "public, max-age=31536000, immutable"
    return response
  }
}
