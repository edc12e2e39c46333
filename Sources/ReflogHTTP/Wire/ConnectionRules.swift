import NIOCore
import NIOHTTP1

/// Applies the rules of HTTP/1 that depend on the version, the method and the target of a request (RFC 9112).
///
/// - An answer to HTTP/1.0 is never chunked. If the length of the answer is unknown, the answer ends when the
///   connection closes.
/// - `100 Continue` is written when the server begins to read the body. If the server answers without reading the
///   body, the connection ends after the answer, because the client possibly never sends the body.
/// - An answer to HEAD has no body.
/// - In a target such as `http://host/path`, the host of the target replaces the header `Host`.
///
/// A request with an invalid `Host` or `Expect` is not refused here, because ``RootResponder`` refuses this request.
final class ConnectionRules: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// An event that the server sends when the server begins to read the body of a request.
  struct BodyIsWanted: Sendable {}

  /// The properties of a request that decide the form of the answer.
  private struct Exchange {
    let isHTTP10: Bool
    let isHead: Bool
    /// Whether the connection continues after the answer.
    var isKeptAlive: Bool
    /// Whether the client sends the body only after `100 Continue`.
    var awaitsContinue = false
  }

  /// The requests that have arrived and are not answered completely.
  ///
  /// The oldest request is first.
  private var exchanges = CircularBuffer<Exchange>(initialCapacity: 2)
  /// Whether the connection ends after the current answer.
  ///
  /// Later requests are then not read.
  private var isClosing = false
  /// Whether the arriving parts of requests are ignored.
  ///
  /// These parts belong to a request that the server does not read.
  private var isIgnoring = false

  /// The index of the newest exchange.
  ///
  /// The list ``exchanges`` must not be empty.
  private var newest: CircularBuffer<Exchange>.Index { exchanges.index(before: exchanges.endIndex) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isIgnoring { return }
    guard case .head(var head) = unwrapInboundIn(data) else {
      if exchanges.last?.awaitsContinue == true { exchanges[newest].awaitsContinue = false }
      return context.fireChannelRead(data)
    }
    // Clients of HTTP/1.0 wait for an answer before they send the next request. If a client does not wait, the second
    // request is not read, because the answer to the first request possibly ends the connection.
    if isClosing || exchanges.last?.isHTTP10 == true {
      isIgnoring = true
      if !exchanges.isEmpty { exchanges[newest].isKeptAlive = false }
      return
    }
    exchanges.append(Self.exchange(&head, context.localAddress))
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  /// Corrects the head of a request, and returns the properties of the request that decide the form of the answer.
  ///
  /// - Parameter address: The server's end of the connection. Reading it needs a system call, so it is read only if the
  ///   request has no `Host`.
  private static func exchange(
    _ head: inout HTTPRequestHead,
    _ address: @autoclosure () -> SocketAddress?
  ) -> Exchange {
    let isHTTP10 = head.version == .http1_0
    var exchange = Exchange(isHTTP10: isHTTP10, isHead: head.method == .HEAD, isKeptAlive: head.isKeepAlive)
    var isUpgrade = head.method == .CONNECT
    for (name, value) in head.headers {
      switch name.utf8.count {
      case 6 where name.lowercased() == "expect": exchange.awaitsContinue = !isHTTP10
      case 7 where name.lowercased() == "upgrade": isUpgrade = true
      // With a transfer coding that Reflog does not know, the end of the body is not certain (RFC 9112 §6.3). So the
      // connection ends after the answer.
      case 17 where name.lowercased() == "transfer-encoding" && value.lowercased() != "chunked":
        exchange.isKeptAlive = false
      default: break
      }
    }
    // After a request for an upgrade, the decoder reads no further request. Reflog supports no upgrade, so the
    // connection ends after the answer.
    if isUpgrade { exchange.isKeptAlive = false }
    if isHTTP10 {
      // A client of HTTP/1.0 does not know `Expect` (RFC 9110 §10.1.1), and possibly sends no `Host`. So `Expect` is
      // removed, and a missing `Host` is added.
      head.headers.remove(name: "expect")
      // HTTP/1.0 has no chunks, so the end of a chunked body is not certain (RFC 9112 §6.1). So the connection ends
      // after the answer.
      if head.headers.contains(name: "transfer-encoding") { exchange.isKeptAlive = false }
      if !head.headers.contains(name: "host"), let host = Self.host(address()) {
        head.headers.add(name: "Host", value: host)
      }
    }
    if head.uri.utf8.first != UInt8(ascii: "/") { makeOriginForm(&head) }
    if !exchange.isKeptAlive { head.headers.replaceOrAdd(name: "Connection", value: "close") }
    return exchange
  }

  /// Replaces a target such as `http://host/path` by the path, and replaces the value of `Host` by the host of the
  /// target.
  ///
  /// RFC 9112 §3.2.2 requires this. Any other target becomes `*`, which every route refuses.
  private static func makeOriginForm(_ head: inout HTTPRequestHead) {
    let target = head.uri.utf8
    let scheme = target.prefix { $0 != UInt8(ascii: ":") }
    let rest = target[scheme.endIndex...]
    guard ["http", "https"].contains(Substring(scheme).lowercased()), rest.starts(with: "://".utf8) else {
      return head.uri = "*"
    }
    let authority = rest.dropFirst(3).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
    let path = String(Substring(target[authority.endIndex...]))
    // Two values are kept, because every route refuses a request with two `Host` headers.
    if head.headers["Host"].count < 2 { head.headers.replaceOrAdd(name: "Host", value: String(Substring(authority))) }
    head.uri = path.utf8.first == UInt8(ascii: "/") ? path : "/" + path
  }

  /// Returns the IP address and the port of the server's end of the connection, or nil if the address or the port is
  /// unknown.
  private static func host(_ address: SocketAddress?) -> String? {
    guard let ip = address?.ipAddress, let port = address?.port else { return nil }
    return ip.utf8.contains(UInt8(ascii: ":")) ? "[\(ip)]:\(port)" : "\(ip):\(port)"
  }

  func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
    guard event is BodyIsWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
    guard exchanges.first?.awaitsContinue == true else {
      promise?.succeed(())
      return
    }
    exchanges[exchanges.startIndex].awaitsContinue = false
    let head = HTTPResponseHead(version: .http1_1, status: .continue)
    context.writeAndFlush(wrapOutboundOut(.head(head)), promise: promise)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard let exchange = exchanges.first else { return context.write(data, promise: promise) }
    switch unwrapOutboundIn(data) {
    case .head(var head):
      frame(&head)
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body:
      if exchange.isHead {
        promise?.succeed(())
      } else {
        context.write(data, promise: promise)
      }
    case .end:
      exchanges.removeFirst()
      // The encoder writes some bytes at the end of a chunked answer. An answer to HEAD has no bytes after its head, so
      // an empty part is written instead.
      let part = exchange.isHead ? wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))) : data
      guard !exchange.isKeptAlive else { return context.write(part, promise: promise) }
      let written = promise ?? context.eventLoop.makePromise()
      let channel = context.channel
      written.futureResult.whenComplete { _ in channel.close(mode: .output, promise: nil) }
      context.write(part, promise: written)
    }
  }

  /// Prepares the head of the answer to the oldest request.
  ///
  /// The method sets the HTTP version, and the header `Connection`, which shows whether the connection ends after this
  /// answer.
  private func frame(_ head: inout HTTPResponseHead) {
    var exchange = exchanges[exchanges.startIndex]
    if exchange.awaitsContinue { exchange.isKeptAlive = false }
    // For HEAD, the framework removes the body and then writes the length 0, even if the answer to GET has a body. So
    // the wrong length is removed here.
    if exchange.isHead, head.headers.first(name: "content-length") == "0" {
      head.headers.remove(name: "content-length")
    }
    if exchange.isHTTP10 {
      head.version = .http1_0
      let hasBody = !exchange.isHead && head.status.mayHaveResponseBody
      if hasBody, !head.headers.contains(name: "content-length") { exchange.isKeptAlive = false }
      if exchange.isKeptAlive { head.headers.replaceOrAdd(name: "Connection", value: "keep-alive") }
    }
    if !exchange.isKeptAlive {
      head.headers.replaceOrAdd(name: "Connection", value: "close")
      isClosing = true
    }
    exchanges[exchanges.startIndex] = exchange
  }
}
