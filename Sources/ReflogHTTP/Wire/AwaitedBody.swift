import Hummingbird
import NIOCore

/// A body that the client sends only after `100 Continue` (RFC 9110 §10.1.1).
///
/// The connection sends `100 Continue` when the server reads the body for the first time. If the server refuses the
/// request without reading the body, the client receives only the refusal.
struct AwaitedBody: AsyncSequence, Sendable {
  typealias Element = ByteBuffer

  let body: RequestBody
  let channel: any Channel

  func makeAsyncIterator() -> Iterator { Iterator(body: body.makeAsyncIterator(), channel: channel) }

  struct Iterator: AsyncIteratorProtocol {
    fileprivate var body: RequestBody.AsyncIterator
    fileprivate let channel: any Channel
    private var isWanted = false

    fileprivate init(body: RequestBody.AsyncIterator, channel: any Channel) {
      self.body = body
      self.channel = channel
    }

    @concurrent
    mutating func next() async throws -> ByteBuffer? {
      if !isWanted {
        isWanted = true
        try await channel.triggerUserOutboundEvent(ConnectionRules.BodyIsWanted()).get()
      }
      return try await body.next()
    }
  }
}
