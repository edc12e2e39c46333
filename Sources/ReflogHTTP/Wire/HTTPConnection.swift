package import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1
package import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Reads requests from a connection and writes the answers, as HTTP/1.1 or HTTP/1.0 and with Reflog's limits.
package struct HTTPConnection: HTTPChannelHandler {
  /// The stream of requests and answers of one connection.
  package typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

  /// The function that answers a request.
  package let responder: HTTPChannelHandler.Responder
  private let connections: ConnectionCount
  /// The pace of the answers to bytes that are not an HTTP request.
  private let pace = RefusalPace()

  /// Creates the handler of connections.
  ///
  /// - Parameters:
  ///   - connections: The count of open connections. A network with too many open connections gets no new connection.
  ///   - responder: The function that answers a request.
  package init(connections: ConnectionCount, responder: @escaping HTTPChannelHandler.Responder) {
    self.connections = connections
    self.responder = responder
  }

  /// Adds the handlers of a new connection.
  ///
  /// `ConnectionRules` is the first handler that receives the decoded parts of a request, because the handlers behind
  /// `ConnectionRules` do not see the HTTP version of the request.
  package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      var limits = NIOHTTPDecoderLimitConfiguration()
      limits.maxHeaderFieldSize = RequestLimits.headers
      limits.maxHeaderListSize = RequestLimits.headers
      limits.maxHeaderFieldCount = RequestLimits.headerFields
      try pipeline.configureHTTPServerPipeline(
        // NIO's handlers for pipelining are not needed, because the async channel already keeps requests in order.
        withPipeliningAssistance: false,
        withErrorHandling: false,
        // The headers are not checked again, because the types of the library HTTPTypes accept only valid headers.
        withOutboundHeaderValidation: false,
        withEncoderConfiguration: .init(),
        withDecoderLimitConfiguration: limits
      )
      try pipeline.addHandler(ConnectionRules())
      try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
      try pipeline.addHandler(ConnectionShare(connections))
      try pipeline.addHandler(UnreadableRequests(pace))
      try pipeline.addHandler(RequestDeadline())
      try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: Duration(RequestLimits.idle), logger: logger))
      return try NIOAsyncChannel(
        wrappingChannelSynchronously: channel,
        configuration: .init(isOutboundHalfClosureEnabled: true)
      )
    }
  }

  /// Answers the requests of a connection until the connection closes.
  package func handle(value: Value, logger: Logger) async {
    await handleHTTP(asyncChannel: value, logger: logger)
  }
}
