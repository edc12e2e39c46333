import HTTPTypes
import Hummingbird
import NIOCore
import ReflogWeb

extension Response {
  /// A page: it runs nothing that is not this server's own, is framed by nobody, and sends its forms nowhere else.
  init(page html: String, status: HTTPResponse.Status = .ok) {
    self.init(
      status: status,
      headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: html))
    )
    headers[named: "Content-Security-Policy"] =
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
  }

  /// Sends a browser on to another page of this server.
  static func seeOther(_ path: String) -> Response {
    Response(status: .seeOther, headers: [.location: path])
  }
}
