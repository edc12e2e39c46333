import Hummingbird
import ReflogModel

/// The URL by which the caller reaches this server.
struct RequestBase {
  /// For example `http://host:port`, without a slash at the end.
  let baseURL: String
  let version: APIVersion

  /// The URL up to the version, without a slash at the end.
  var versionURL: String { "\(baseURL)/\(version.rawValue)" }
}

extension Request {
  /// Returns the base URL and the version of this request.
  func requestBase(_ context: ReflogRequestContext) throws(RequestError) -> RequestBase {
    RequestBase(baseURL: baseURL(context), version: try context.version())
  }

  /// Returns the URL by which the caller reaches this server, without a slash at the end.
  func baseURL(_ context: ReflogRequestContext) -> String {
    context.publicURL ?? "\(context.scheme)://\(head.authority ?? "localhost")"
  }

  /// Returns this server's `host:port`, or nil if it is unknown.
  ///
  /// URLs with it are accepted in `@odata.id`.
  func ownAuthority(_ context: ReflogRequestContext) -> String? {
    context.publicURL.flatMap { url in url.firstRange(of: "://").map { String(url[$0.upperBound...]) } }
      ?? head.authority
  }

  /// Returns the URL of this server up to the version, without a slash at the end.
  func versionURL(_ context: ReflogRequestContext) throws(RequestError) -> String {
    try requestBase(context).versionURL
  }
}
