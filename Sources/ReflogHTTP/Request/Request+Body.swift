import Hummingbird
import NIOCore
import ReflogModel

extension Request {
  /// The whole body, if it is not too large.
  func boundedBody(upTo limit: Int = RequestLimits.body) async throws -> ByteBuffer {
    do {
      return try await body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw RequestError.bodyTooLarge(limit: limit)
    } catch {
      // Whatever went wrong, it went wrong on the way here.
      throw RequestError.badRequest("The body did not arrive whole.", target: "body")
    }
  }

  /// The body as one JSON object.
  ///
  /// - Parameter emptyMeans: what no body at all stands for; nothing where there must be one.
  func jsonObject(emptyMeans: JSONObject? = nil) async throws -> JSONObject {
    let buffer = try await boundedBody()
    if buffer.readableBytes == 0, let emptyMeans { return emptyMeans }
    guard buffer.readableBytes > 0 else { throw RequestError.badRequest("The request has no body.", target: "body") }
    do {
      let value = try JSONValue(parsing: buffer.readableBytesView)
      guard let object = value.object else {
        throw RequestError.badRequest("The body must be a JSON object, not \(value.kindName).", target: "body")
      }
      if let name = value.collidingName {
        throw RequestError.badRequest("The body holds the member \(name) twice, but for its case.", target: name)
      }
      return object
    } catch let error as JSONError {
      throw RequestError.badRequest("The body is no JSON: \(error).", target: "body")
    }
  }
}
