import HTTPTypes
import Hummingbird
import NIOCore

/// The routes that show whether the process is healthy.
///
/// These routes need no credential. `/livez` shows whether the process is alive. `/readyz` shows whether the server
/// accepts changes.
struct HealthController {
  let isReady: @Sendable () -> Bool

  func addRoutes(to router: RouterGroup<ReflogRequestContext>) {
    router.get("/livez") { _, _ in Response(status: .ok, text: "ok\n") }
    router.get("/readyz") { [isReady] _, _ in
      isReady()
        ? Response(status: .ok, text: "ok\n")
        : Response(status: .serviceUnavailable, text: "not ready\n")
    }
  }
}

extension Response {
  fileprivate init(status: HTTPResponse.Status, text: String) {
    self.init(
      status: status,
      headers: [.contentType: "text/plain; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text))
    )
  }
}
