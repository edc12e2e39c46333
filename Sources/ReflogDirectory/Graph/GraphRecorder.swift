import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Records whether a part of a request was sent, and collects the answer up to a maximum length.
final class GraphRecorder: HTTPClientResponseDelegate {
  typealias Response = GraphResponse

  /// The error for an answer that is longer than `limit` bytes.
  struct TooLong: Error, CustomStringConvertible {
    let limit: Int
    var description: String { "the answer is longer than \(limit) bytes" }
  }

  /// The header fields whose value is a list.
  ///
  /// If one of these fields occurs several times, its values together are one list (RFC 9110 §5.3). If a field is not
  /// in this set, only the first value of the field is used.
  private static let lists: Set<String> = ["link", "www-authenticate"]

  private struct State {
    var hasBegunSending = false
    var head: HTTPResponseHead?
    var body: [UInt8] = []
  }

  private let bodyLimit: Int
  private let state = Mutex(State())

  init(bodyLimit: Int) {
    self.bodyLimit = bodyLimit
  }

  /// Whether a part of the request may have been sent.
  var hasBegunSending: Bool { state.withLock { $0.hasBegunSending } }

  func didSendRequestHead(task: HTTPClient.Task<GraphResponse>, _ head: HTTPRequestHead) {
    state.withLock { $0.hasBegunSending = true }
  }

  func didReceiveHead(task: HTTPClient.Task<GraphResponse>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    state.withLock { $0.head = head }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<GraphResponse>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
    let isTooLong = state.withLock { state in
      guard state.body.count + buffer.readableBytes <= bodyLimit else { return true }
      state.body += buffer.readableBytesView
      return false
    }
    return isTooLong
      ? task.eventLoop.makeFailedFuture(TooLong(limit: bodyLimit)) : task.eventLoop.makeSucceededVoidFuture()
  }

  func didFinishRequest(task: HTTPClient.Task<GraphResponse>) throws -> GraphResponse {
    try state.withLock { state in
      guard let head = state.head else { throw HTTPClientError.remoteConnectionClosed }
      var headers: [String: String] = [:]
      for (name, value) in head.headers.map({ ($0.name.lowercased(), $0.value) }) {
        guard let first = headers[name] else {
          headers[name] = value
          continue
        }
        if Self.lists.contains(name) { headers[name] = first + ", " + value }
      }
      return GraphResponse(httpStatus: Int(head.status.code), headers: headers, body: state.body)
    }
  }
}
