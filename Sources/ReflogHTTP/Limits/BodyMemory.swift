import Hummingbird
import NIOCore
import ReflogService
import Synchronization

/// Receives the bodies of requests into memory that is shared by all callers.
///
/// A body is received completely before its request takes a slot. So a slow client uses memory only for the bytes that
/// the client has sent, and no caller holds more than an eighth of the memory.
final class BodyMemory: Sendable {
  private struct State {
    var used: [SlotHolder: Int] = [:]
    var usedInAll = 0
  }

  private let capacity: Int
  private let pace: RefusalPace
  private let state = Mutex(State())

  /// Creates the memory for the bodies of requests.
  ///
  /// - Parameters:
  ///   - capacity: The maximum size, in bytes, of all bodies together.
  ///   - pace: Delays the answer if a body is refused because the caller already uses too much of the memory.
  init(capacity: Int, pace: RefusalPace) {
    self.capacity = capacity
    self.pace = pace
  }

  /// Receives the body of a request, and calls `next` with the complete body.
  ///
  /// The body is kept in the memory until `next` returns.
  func receive(
    _ request: Request,
    for holder: SlotHolder,
    next: (ByteBuffer) async throws -> Response
  ) async throws -> Response {
    guard request.hasBody else { return try await next(ByteBuffer()) }
    var (body, charged) = (ByteBuffer(), 0)
    defer { release(charged, holder) }
    do {
      for try await part in request.body {
        let bytes = part.readableBytes
        guard body.readableBytes + bytes <= RequestLimits.passthroughBody else {
          throw RequestError.bodyTooLarge(limit: RequestLimits.passthroughBody)
        }
        guard charge(bytes, holder) else {
          release(charged, holder)
          charged = 0
          await pace.delay(holder)
          throw ServiceError.busy("The bodies of the requests in progress are together too large.")
        }
        charged += bytes
        body.writeImmutableBuffer(part)
      }
    } catch let error as RequestError {
      throw error
    } catch let error as ServiceError {
      throw error
    } catch {
      throw RequestError.bodyIncomplete
    }
    return try await next(body)
  }

  private func charge(_ bytes: Int, _ holder: SlotHolder) -> Bool {
    state.withLock { state in
      let used = state.used[holder, default: 0] + bytes
      guard used <= capacity / Slots.Limits.share, state.usedInAll + bytes <= capacity else { return false }
      state.used[holder] = used
      state.usedInAll += bytes
      return true
    }
  }

  private func release(_ bytes: Int, _ holder: SlotHolder) {
    guard bytes > 0 else { return }
    state.withLock { state in
      state.usedInAll -= bytes
      let used = state.used[holder, default: bytes] - bytes
      state.used[holder] = used == 0 ? nil : used
    }
  }
}

extension Request {
  /// Whether the headers of the request announce a body (RFC 9112 §6.3).
  var hasBody: Bool {
    headers.contains(.transferEncoding) || headers[.contentLength].map { $0 != "0" } ?? false
  }
}
