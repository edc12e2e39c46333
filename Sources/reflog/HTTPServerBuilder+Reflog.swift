import HummingbirdCore
import HummingbirdTLS
import ReflogHTTP

extension HTTPServerBuilder {
  /// Returns an HTTP/1.1 server with Reflog's limits; it uses TLS if `tls` is not nil.
  static func reflog(_ tls: TLS?) throws -> HTTPServerBuilder {
    let http1 = HTTPServerBuilder.http1(
      configuration: HTTP1Channel.Configuration(
        additionalChannelHandlers: [RequestDeadline()],
        idleTimeout: RequestLimits.idle,
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: RequestLimits.headers,
          maxHeaderListSize: RequestLimits.headers,
          maxHeaderFieldCount: RequestLimits.headerFields
        )
      )
    )
    return if let tls { try .tls(http1, tlsConfiguration: tls.configuration) } else { http1 }
  }
}
