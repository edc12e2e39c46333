package import NIOCore
package import NIOHTTPTypes

/// Closes a connection whose client is too slow to send a request or to receive an answer.
///
/// A whole request, head and body, must arrive within the limit. For the first request the time starts when the
/// connection opens, for a later one when its head arrives. The server's idle limit covers the time between requests.
/// While an answer is being sent, the client must receive some of it within the limit.
package final class RequestDeadline: ChannelInboundHandler, RemovableChannelHandler {
  /// What the handler reads from the channel.
  package typealias InboundIn = HTTPRequestPart

  private let limit: TimeAmount
  /// Closes the connection unless the request arrives in time; nil if no request is expected.
  private var arrival: Scheduled<Void>?
  /// Closes the connection unless the client receives in time; nil if the connection can be written to.
  private var delivery: Scheduled<Void>?

  /// Creates a handler.
  ///
  /// - Parameter limit: How long a request may take to arrive, and how long the client may receive no byte of an
  ///   answer.
  package init(limit: TimeAmount = RequestLimits.arrival) {
    self.limit = limit
  }

  /// Starts the time of the first request.
  package func handlerAdded(context: ChannelHandlerContext) {
    arrival = closing(context)
  }

  /// Cancels both timers.
  package func handlerRemoved(context: ChannelHandlerContext) {
    arrival?.cancel()
    delivery?.cancel()
  }

  /// Cancels both timers of a connection that closed.
  package func channelInactive(context: ChannelHandlerContext) {
    arrival?.cancel()
    delivery?.cancel()
    context.fireChannelInactive()
  }

  /// Starts the time at a request's head and ends it with the request's last byte.
  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: if arrival == nil { arrival = closing(context) }
    case .body: break
    case .end:
      arrival?.cancel()
      arrival = nil
    }
    context.fireChannelRead(data)
  }

  /// Starts the time of an answer that the client does not receive, and cancels it when the client does.
  package func channelWritabilityChanged(context: ChannelHandlerContext) {
    delivery?.cancel()
    delivery = context.channel.isWritable ? nil : closing(context)
    context.fireChannelWritabilityChanged()
  }

  private func closing(_ context: ChannelHandlerContext) -> Scheduled<Void> {
    let channel = context.channel
    return context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
  }
}
