package import NIOCore
package import NIOHTTPTypes

/// Closes a connection whose request takes too long to arrive: someone who sends a byte now and then must not keep one
/// open for ever.
///
/// A whole request, head and body, has to be there within the limit: the first from when the connection came up, each
/// later one from its head on. What idles between requests is for the server's idle limit.
package final class RequestDeadline: ChannelInboundHandler, RemovableChannelHandler {
  package typealias InboundIn = HTTPRequestPart

  private let limit: TimeAmount
  private var deadline: Scheduled<Void>?

  package init(limit: TimeAmount = RequestLimits.arrival) {
    self.limit = limit
  }

  package func handlerAdded(context: ChannelHandlerContext) {
    schedule(context)
  }

  package func handlerRemoved(context: ChannelHandlerContext) {
    deadline?.cancel()
  }

  package func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    context.fireChannelInactive()
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: if deadline == nil { schedule(context) }
    case .body: break
    case .end:
      deadline?.cancel()
      deadline = nil
    }
    context.fireChannelRead(data)
  }

  private func schedule(_ context: ChannelHandlerContext) {
    let channel = context.channel
    deadline = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
  }
}
