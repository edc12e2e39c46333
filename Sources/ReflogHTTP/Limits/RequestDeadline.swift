package import NIOCore
package import NIOHTTPTypes

/// Closes a connection whose other side takes too long: to send a request, or to take an answer.
///
/// A whole request, head and body, has to be there within the limit: the first from when the connection came up, each
/// later one from its head on. What idles between requests is for the server's idle limit. While an answer is under way,
/// something of it has to be taken within the limit.
package final class RequestDeadline: ChannelInboundHandler, RemovableChannelHandler {
  package typealias InboundIn = HTTPRequestPart

  private let limit: TimeAmount
  private var arrival: Scheduled<Void>?
  private var taking: Scheduled<Void>?

  package init(limit: TimeAmount = RequestLimits.arrival) {
    self.limit = limit
  }

  package func handlerAdded(context: ChannelHandlerContext) {
    arrival = closing(context)
  }

  package func handlerRemoved(context: ChannelHandlerContext) {
    arrival?.cancel()
    taking?.cancel()
  }

  package func channelInactive(context: ChannelHandlerContext) {
    arrival?.cancel()
    taking?.cancel()
    context.fireChannelInactive()
  }

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

  package func channelWritabilityChanged(context: ChannelHandlerContext) {
    taking?.cancel()
    taking = context.channel.isWritable ? nil : closing(context)
    context.fireChannelWritabilityChanged()
  }

  private func closing(_ context: ChannelHandlerContext) -> Scheduled<Void> {
    let channel = context.channel
    return context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
  }
}
