import HummingbirdCore
import HummingbirdTLS
import ReflogHTTP

extension HTTPServerBuilder {
  /// Returns an HTTP/1.1 server with Reflog's limits; it uses TLS if `tls` is not nil.
  static func reflog(_ tls: TLS?) throws -> HTTPServerBuilder {
    let http1 = HTTPServerBuilder { HTTPConnection(responder: $0) }
    return if let tls { try .tls(http1, tlsConfiguration: tls.configuration) } else { http1 }
  }
}
