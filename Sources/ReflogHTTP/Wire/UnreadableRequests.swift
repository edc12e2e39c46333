import NIOCore
import NIOHTTP1

/// Delays the answer to bytes that are not an HTTP request, for example to an unknown method.
///
/// The connection is closed after such an answer. A client that opens new connections all the time and sends such bytes
/// must wait for most of its answers, so it does not slow down other clients.
final class UnreadableRequests: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = NIOAny

  private let pace: RefusalPace
  private var answer: Scheduled<Void>?

  /// Creates the handler of one connection.
  ///
  /// - Parameter pace: The pace of the answers to unreadable requests. All connections share one pace.
  init(_ pace: RefusalPace) {
    self.pace = pace
  }

  /// Passes on the error of the parser when the pace allows an answer. Until then, no more bytes are read.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is HTTPParserError else { return context.fireErrorCaught(error) }
    let delay = pace.delay(of: SlotHolder(context.channel.remoteAddress?.ipAddress), at: .now)
    guard delay > .zero else { return context.fireErrorCaught(error) }
    context.channel.setOption(.autoRead, value: false).whenFailure { _ in }
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    answer = context.eventLoop.scheduleTask(in: TimeAmount(delay)) { bound.value.fireErrorCaught(error) }
  }

  /// Cancels the answer when the connection has closed.
  func handlerRemoved(context: ChannelHandlerContext) {
    answer?.cancel()
  }
}
