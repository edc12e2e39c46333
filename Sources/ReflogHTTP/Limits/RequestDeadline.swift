package import NIOCore
package import NIOHTTPTypes

/// Closes a connection whose client is too slow to send a request or to receive an answer.
///
/// The head and the body of a request must arrive within the limit. For the first request, the time starts when the
/// connection opens. For a later request, the time starts when the head of that request arrives. The server's idle
/// limit applies between two requests. While an answer is sent, the client must receive a part of the answer within the
/// limit.
package final class RequestDeadline: ChannelInboundHandler, RemovableChannelHandler {
  /// The type of the parts that the handler reads from the channel.
  package typealias InboundIn = HTTPRequestPart

  /// The timer that closes the connection if the request does not arrive in time, or nil if no timer is running.
  private var arrival: Scheduled<Void>?
  /// Whether the head of a request has arrived, but not the whole request.
  private var isArriving = false
  /// The timer that closes a connection whose client receives no data in time, or nil if no timer is running.
  private var delivery: Scheduled<Void>?

  /// Creates a handler.
  package init() {}

  /// Starts the timer of the first request.
  package func handlerAdded(context: ChannelHandlerContext) {
    arrival = closing(context)
  }

  /// Cancels the timer for the request and the timer for the answer.
  package func handlerRemoved(context: ChannelHandlerContext) {
    arrival?.cancel()
    delivery?.cancel()
  }

  /// Cancels the timers for the request and for the answer, because the connection has closed.
  package func channelInactive(context: ChannelHandlerContext) {
    arrival?.cancel()
    delivery?.cancel()
    context.fireChannelInactive()
  }

  /// Cancels the timer when the whole request has arrived.
  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: isArriving = true
    case .body: break
    case .end:
      isArriving = false
      arrival?.cancel()
      arrival = nil
    }
    context.fireChannelRead(data)
  }

  /// Starts the timer if only a part of a request has arrived.
  ///
  /// Most requests arrive in one read, so most requests need no timer.
  package func channelReadComplete(context: ChannelHandlerContext) {
    if isArriving, arrival == nil { arrival = closing(context) }
    context.fireChannelReadComplete()
  }

  /// Starts a timer when the client stops receiving data, and cancels the timer when the client receives data again.
  package func channelWritabilityChanged(context: ChannelHandlerContext) {
    delivery?.cancel()
    delivery = context.channel.isWritable ? nil : closing(context)
    context.fireChannelWritabilityChanged()
  }

  private func closing(_ context: ChannelHandlerContext) -> Scheduled<Void> {
    let channel = context.channel
    return context.eventLoop.scheduleTask(in: RequestLimits.arrival) { channel.close(promise: nil) }
  }
}
