import HTTPTypes

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
  /// The transfer of the body was interrupted.
  case bodyIncomplete
  /// The path belongs to Microsoft Graph, and Reflog does not forward requests for this path.
  case notProxied
  /// The request is a `$batch`, which contains several requests.
  ///
  /// The request is refused, because Reflog can't record the single requests inside a batch.
  case batch
  /// The request writes to a step's path that does not end in `$ref`.
  case missingRef
  /// The request is for a step's `$ref`, with a method other than `GET`, `PUT` or `DELETE`.
  case methodOfReference
  /// The path belongs to a user flow or a connector, and Reflog does not forward the request's method at this path.
  ///
  /// The value is the list of the methods that Reflog forwards at this path.
  case methodNotForwarded([HTTPRequest.Method])
  /// The request uploads a client certificate at the path of a step, and not at the path of a connector.
  case certificateOfStep
  /// The path contains an id in parentheses, such as `b2cUserFlows('B2C_1_signup')`.
  case keyInParentheses
  /// A resource exists at this path, but the resource does not support the request's method.
  ///
  /// The value is the list of the methods that the resource supports.
  case methodNotAllowed([HTTPRequest.Method])
  /// The request has an `Expect` header with a value other than `100-continue`.
  case expectationFailed
  /// No route and no resource exists at this path.
  case notFound
  /// The path of the request is not below the base path. The associated value is the base path.
  case outsideBasePath(String)
}
