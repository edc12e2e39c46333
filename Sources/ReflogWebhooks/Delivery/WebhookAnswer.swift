import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Reads the status of one answer of a receiver, and ignores the content.
///
/// The content is still read to its end, because otherwise the connection could not be used again.
final class WebhookAnswer: HTTPClientResponseDelegate, Sendable {
  /// The maximum length of the content in bytes. The connection is closed if an answer is longer.
  private static let limit = 1 << 16

  private struct State {
    var result: WebhookResult?
    var byteCount = 0
  }

  private let state = Mutex(State())

  /// The result according to the status, or nil if no status has arrived.
  var result: WebhookResult? { state.withLock { $0.result } }

  func didReceiveHead(task: HTTPClient.Task<WebhookResult>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    let result = WebhookResult(
      status: Int(head.status.code),
      retryAfter: head.headers.first(name: "Retry-After")
    )
    state.withLock { $0.result = result }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<WebhookResult>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
    let byteCount = state.withLock { state in
      state.byteCount += buffer.readableBytes
      return state.byteCount
    }
    guard byteCount <= Self.limit else {
      return task.eventLoop.makeFailedFuture(ResponseAccumulator.ResponseTooBigError(maxBodySize: Self.limit))
    }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didFinishRequest(task: HTTPClient.Task<WebhookResult>) throws -> WebhookResult {
    guard let result else { throw HTTPClientError.remoteConnectionClosed }
    return result
  }
}
