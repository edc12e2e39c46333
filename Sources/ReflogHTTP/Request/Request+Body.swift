import Hummingbird
import NIOCore
import ReflogModel

extension Request {
  /// Returns the whole body.
  ///
  /// The method throws if the body has more than `limit` bytes.
  func boundedBody(upTo limit: Int = RequestLimits.body) async throws -> ByteBuffer {
    do {
      return try await body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw RequestError.bodyTooLarge(limit: limit)
    } catch {
      // All other errors mean that the transfer of the body was interrupted.
      throw RequestError.bodyIncomplete
    }
  }

  /// Returns the body as one JSON object.
  ///
  /// - Parameter emptyMeans: The object to return if the body is empty, or nil if a body is required.
  func jsonObject(emptyMeans: JSONObject? = nil) async throws -> JSONObject {
    let buffer = try await boundedBody()
    if buffer.readableBytes == 0, let emptyMeans { return emptyMeans }
    guard buffer.readableBytes > 0 else {
      throw RequestError.badRequest("The request has no body. Send a JSON object.", target: "body")
    }
    do {
      let value = try JSONValue(parsing: buffer.readableBytesView)
      guard let object = value.object else {
        throw RequestError.badRequest("The body must be a JSON object, not \(value.kindName).", target: "body")
      }
      if let name = value.collidingName {
        throw RequestError.badRequest("The body has two members named \(name) that differ only in case.", target: name)
      }
      return object
    } catch let error as JSONError {
      throw RequestError.badRequest("The body is not valid JSON: \(error).", target: "body")
    }
  }
}
