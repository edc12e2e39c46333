import Hummingbird
import ReflogModel

/// The URL that the caller uses for this server, and the version of the API.
struct RequestBase {
  /// The URL without a slash at the end, for example `http://host:port` or `http://host:port/reflog`.
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

  /// Returns the URL that the caller uses for this server, without a slash at the end.
  func baseURL(_ context: ReflogRequestContext) -> String {
    let url = context.publicURL ?? "\(context.scheme)://\(context.authority ?? head.authority ?? "localhost")"
    return url + context.basePath
  }

  /// Returns the URL of this server up to the version, without a slash at the end.
  func versionURL(_ context: ReflogRequestContext) throws(RequestError) -> String {
    try requestBase(context).versionURL
  }
}
