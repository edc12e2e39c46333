import NIOCore
import NIOPosix
import Synchronization

/// A server that reacts to each HTTP request with the next reaction of its script.
final class ScriptedPeer: Sendable {
  /// The reaction of the peer to a request.
  enum Reaction: Sendable {
    /// Sends these bytes unchanged.
    ///
    /// The bytes can be invalid HTTP.
    case send(String)
    /// Sends these bytes and closes the connection.
    case sendAndClose(String)
    /// Closes the connection without an answer.
    case close
    /// Never answers.
    case hang

    /// Sends a complete answer with this body.
    static func json(_ status: String, _ body: String, headers: String = "") -> Reaction {
      .send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }
  }

  private struct State {
    var reactions: [Reaction]
    var requests: [String] = []
    var connectionCount = 0
  }

  private let state: Mutex<State>

  private init(_ reactions: [Reaction]) {
    state = Mutex(State(reactions: reactions))
  }

  /// The requests that the peer received, in order.
  var requests: [String] { state.withLock { $0.requests } }

  /// The number of connections that the peer accepted.
  var connectionCount: Int { state.withLock { $0.connectionCount } }

  /// Starts a peer on a free port of 127.0.0.1, and calls `body` with the URL of the peer and with the peer.
  ///
  /// If a request arrives after the last reaction was used, the peer closes the connection.
  static func with(
    _ reactions: Reaction...,
    body: (String, ScriptedPeer) async throws -> Void
  ) async throws {
    try await with(reactions, body: body)
  }

  static func with(
    _ reactions: [Reaction],
    body: (String, ScriptedPeer) async throws -> Void
  ) async throws {
    let peer = ScriptedPeer(reactions)
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(peer: peer)) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    do {
      try await body("http://127.0.0.1:\(server.localAddress?.port ?? 0)", peer)
    } catch {
      try await server.close()
      throw error
    }
    try await server.close()
  }

  private func next(_ request: String) -> Reaction {
    state.withLock { state in
      state.requests.append(request)
      return state.reactions.isEmpty ? .close : state.reactions.removeFirst()
    }
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let peer: ScriptedPeer
    private var received = ""

    init(peer: ScriptedPeer) {
      self.peer = peer
    }

    func channelActive(context: ChannelHandlerContext) {
      peer.state.withLock { $0.connectionCount += 1 }
      context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      received += String(buffer: unwrapInboundIn(data))
      guard let request = takeRequest() else { return }
      switch peer.next(request) {
      case .send(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
      case .sendAndClose(let text):
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        context.close(promise: nil)
      case .close: context.close(promise: nil)
      case .hang: break
      }
    }

    /// Returns the received request, or nil if the head or a part of the body has not arrived yet.
    private func takeRequest() -> String? {
      guard let end = received.firstRange(of: "\r\n\r\n") else { return nil }
      let length = received[..<end.lowerBound].lowercased().firstMatch(of: /content-length: (\d+)/).flatMap {
        Int($0.1)
      }
      guard received[end.upperBound...].utf8.count >= length ?? 0 else { return nil }
      defer { received = "" }
      return received
    }
  }
}
