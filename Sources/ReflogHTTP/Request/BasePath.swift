/// The path below which clients reach this server, such as `/reflog`, or an empty text.
///
/// Everything behind ``RootResponder`` uses paths without the base path. The responder removes the base path from each
/// request, and adds it to redirects. `RequestBase` adds it to URLs, `CookieScope` to cookies, and the renderer of pages
/// to links.
enum BasePath {
  /// The paths that are also answered outside of the base path.
  ///
  /// A program that checks whether the server runs connects to the server directly, and does not know the base path.
  private static let healthPaths: Set<String> = ["/livez", "/readyz"]

  /// Returns a path without the base path.
  ///
  /// The method throws if the path is not below the base path.
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
