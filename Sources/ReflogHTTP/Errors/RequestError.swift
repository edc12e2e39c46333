/// The reason why a request is refused before the service receives it.
enum RequestError: Error, Sendable {
  /// The request has no valid credential.
  case unauthenticated
  /// A part of the request is wrong.
  ///
  /// The values are the message for the caller and the name of the part.
  case badRequest(String, target: String)
  /// The body has more bytes than `limit`.
  case bodyTooLarge(limit: Int)
  /// The path belongs to Microsoft Graph, and Reflog does not forward it.
  case notProxied
  /// The request is a `$batch`.
  ///
  /// The request is refused, because Reflog can't record the single requests inside a batch.
  case batch
  /// The request writes to a step's path that does not end in `$ref`.
  case missingRef
  /// The request has an `Expect` other than `100-continue`.
  case expectationFailed
  /// No route supports the method.
  case methodNotAllowed
  /// No route and no resource exists at this path.
  case notFound
}
