/// Why a request is refused for what it says, before anything is looked at.
enum RequestError: Error, Sendable {
  case unauthenticated
  /// What is wrong, and which part of the request it is.
  case badRequest(String, target: String)
  case bodyTooLarge(limit: Int)
  /// A path that Reflog does not stand in front of.
  case notProxied
  /// A batch, whose requests would not be seen.
  case batch
  /// The place of a step, without the reference that can be written there.
  case missingRef
  /// A method that nothing here has.
  case methodNotAllowed
  /// Nothing is there.
  case notFound
}
