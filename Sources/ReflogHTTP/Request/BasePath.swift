/// The path below which clients reach this server, such as `/reflog`, or an empty text.
///
/// ``RootResponder`` removes the base path from each request, so all other code uses paths without the base path.
/// ``RootResponder`` also adds the base path to redirects. `RequestBase` adds it to URLs, `CookieScope` to cookies, and
/// the renderer of pages to links.
enum BasePath {
  /// The paths that are answered also without the base path.
  ///
  /// A program that checks whether the server runs connects to the server directly, and does not know the base path.
  private static let healthPaths: Set<String> = ["/livez", "/readyz"]

  /// Returns a path without the base path.
  ///
  /// Throws an error if the path is not below the base path.
  ///
  /// - Parameters:
  ///   - basePath: The base path, without a slash at the end.
  ///   - path: A canonical path.
  static func remove(_ basePath: String, from path: String) throws(RequestError) -> String {
    guard !basePath.isEmpty, !healthPaths.contains(path) else { return path }
    guard path.hasPrefix(basePath) else { throw .outsideBasePath(basePath) }
    let rest = path.dropFirst(basePath.count)
    guard rest.isEmpty || rest.first == "/" else { throw .outsideBasePath(basePath) }
    return rest.isEmpty ? "/" : String(rest)
  }
}
