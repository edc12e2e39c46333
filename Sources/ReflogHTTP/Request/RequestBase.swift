import Hummingbird
import ReflogModel

/// Where the caller sees this server.
struct RequestBase {
  /// `http://host:port`, as the caller addressed it, without a slash behind it.
  let baseURL: String
  let version: APIVersion

  /// Up to the version, without a slash behind it.
  var versionURL: String { "\(baseURL)/\(version.rawValue)" }
}

extension Request {
  func requestBase(_ context: ReflogRequestContext) throws(RequestError) -> RequestBase {
    RequestBase(baseURL: baseURL(context), version: try context.version())
  }

  /// The URL of this server, without a slash behind it.
  func baseURL(_ context: ReflogRequestContext) -> String {
    context.publicURL ?? "\(context.scheme)://\(head.authority ?? "localhost")"
  }

  /// `host:port` of this server, whose URLs are taken as its own.
  func ownAuthority(_ context: ReflogRequestContext) -> String? {
    context.publicURL.flatMap { url in url.firstRange(of: "://").map { String(url[$0.upperBound...]) } }
      ?? head.authority
  }

  /// The URL of this server up to the version, as the caller addressed it, without a slash behind it.
  func versionURL(_ context: ReflogRequestContext) throws(RequestError) -> String {
    try requestBase(context).versionURL
  }
}
