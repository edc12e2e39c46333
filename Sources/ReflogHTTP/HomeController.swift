import HTTPTypes
import Hummingbird
import NIOCore
import ReflogModel
import ReflogWeb

/// The page that somebody finds who types the server's address into a browser.
struct HomeController {
  let directory: DirectoryKind

  func addRoutes(to router: Router<ReflogRequestContext>) {
    router.get("/") { [directory] _, _ in
      Response(
        status: .ok,
        headers: [.contentType: "text/html; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: try HomePage(directory: directory).render()))
      )
    }
  }
}
