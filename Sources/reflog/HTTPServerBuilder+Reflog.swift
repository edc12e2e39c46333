import HummingbirdCore
import HummingbirdTLS
import ReflogHTTP
import ReflogModel

extension HTTPServerBuilder {
  /// Returns an HTTP/1.1 server with Reflog's limits.
  ///
  /// The server uses TLS if `tls` is not nil. The number of connections from each network is limited, except for the
  /// connections of the trusted proxies.
  static func reflog(_ tls: TLS?, trustedProxies: [AddressBlock]) throws -> HTTPServerBuilder {
    let connections = ConnectionCount(trusted: trustedProxies)
    let http1 = HTTPServerBuilder { HTTPConnection(connections: connections, responder: $0) }
    return if let tls { try .tls(http1, tlsConfiguration: tls.configuration) } else { http1 }
  }
}
