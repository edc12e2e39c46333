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
  /// The path belongs to Microsoft Graph, and Reflog does not forward it.
  case notProxied
  /// The request is a `$batch`.
  ///
  /// The request is refused, because Reflog can't record the single requests inside a batch.
  case batch
  /// The request writes to a step's path that does not end in `$ref`.
  case missingRef
  /// The request is for a step's `$ref`, with a method other than `GET`, `PUT` or `DELETE`.
  case methodOfReference
  /// The path belongs to a user flow or a connector, and Reflog does not forward the method there.
  ///
  /// The value contains the methods that Reflog forwards at this path.
  case methodNotForwarded([HTTPRequest.Method])
  /// The request uploads a certificate for the connector that a step calls.
  case certificateOfStep
  /// The path contains an id in parentheses, such as `b2cUserFlows('B2C_1_signup')`.
  case keyInParentheses
  /// A resource exists at this path, but it does not support the request's method.
  ///
  /// The value contains the methods that the resource supports.
  case methodNotAllowed([HTTPRequest.Method])
  /// The request has an `Expect` header with a value other than `100-continue`.
  case expectationFailed
  /// No route and no resource exists at this path.
  case notFound
}
