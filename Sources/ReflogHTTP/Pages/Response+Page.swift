import HTTPTypes
import Hummingbird
import NIOCore
import ReflogWeb

extension Response {
  /// Creates an answer with a page.
  ///
  /// The browser runs only this server's script in the page, does not show the page in a frame, and sends the page's
  /// forms only to this server.
  init(page html: String, status: HTTPResponse.Status = .ok) {
    self.init(
      status: status,
      headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: html))
    )
    headers[named: "Content-Security-Policy"] =
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
      + "base-uri 'none'; frame-ancestors 'none'"
  }

  /// Returns a redirect (303) to a path of this server or to a URL.
  static func seeOther(_ path: String) -> Response {
    Response(status: .seeOther, headers: [.location: path])
  }
}
