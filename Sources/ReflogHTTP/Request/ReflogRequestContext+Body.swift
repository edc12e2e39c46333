import NIOCore
import ReflogModel

/// The error that a route throws if the route needs the request's body and the body was not received yet.
///
/// ``Admission`` catches this error, so no client receives it.
struct BodyIsMissing: Error {}

extension ReflogRequestContext {
  /// Returns a copy of the context that contains the body of the request.
  ///
  /// A nil body means that the body was not received yet.
  func receiving(_ body: ByteBuffer?) -> ReflogRequestContext {
    var context = self
    context.body = body
    return context
  }

  /// Returns the whole body.
  ///
  /// The method throws an error if the body has more than `limit` bytes. The method throws ``BodyIsMissing`` if the
  /// body was not received yet.
  func boundedBody(upTo limit: Int = RequestLimits.body) throws -> ByteBuffer {
    guard let body else { throw BodyIsMissing() }
    guard body.readableBytes <= limit else { throw RequestError.bodyTooLarge(limit: limit) }
    return body
  }

  /// Returns the body as one JSON object.
  ///
  /// - Parameter emptyMeans: The object to return if the body is empty, or nil if a body is required.
  func jsonObject(emptyMeans: JSONObject? = nil) throws -> JSONObject {
    let buffer = try boundedBody()
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
        throw RequestError.badRequest(
          "The body has the member \(name) twice, in different case. Remove one of the two.",
          target: name
        )
      }
      if let path = value.pathOfZero {
        throw RequestError.badRequest("\(path) contains U+0000, which can't be recorded. Remove it.", target: path)
      }
      return object
    } catch let error as JSONError {
      throw RequestError.badRequest("The body is not valid JSON: \(error).", target: "body")
    }
  }
}
