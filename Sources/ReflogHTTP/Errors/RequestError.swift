/// Why a request is refused for its content, before it reaches the service.
enum RequestError: Error, Sendable {
  /// The request has no valid credential.
  case unauthenticated
  /// A part of the request is wrong: the message for the caller, and the name of the part.
  case badRequest(String, target: String)
  /// The body has more bytes than the limit.
  case bodyTooLarge(limit: Int)
  /// The path belongs to Microsoft Graph, and Reflog does not forward it.
  case notProxied
  /// A `$batch`.
  ///
  /// Reflog would not see the requests in it.
  case batch
  /// A write to a step's path without `$ref` at the end.
  case missingRef
  /// A method that no route supports.
  case methodNotAllowed
  /// No route and no resource exists at this path.
  case notFound
}
