/// Why a request is refused for what it says, before anything is looked at.
enum RequestError: Error, Sendable {
  case unauthenticated
  /// What is wrong, and which part of the request it is.
  case badRequest(String, target: String)
  case bodyTooLarge(limit: Int)
  /// A path that Reflog does not stand in front of.
  case notProxied
  /// Nothing is there.
  case notFound
}
