import Hummingbird

/// The host and the base path of this server, in the form in which clients write them in URLs.
///
/// In `@odata.id`, URLs with this host are accepted in addition to URLs of Microsoft Graph.
struct OwnHost {
  /// This server's `host:port`, or nil if it is unknown.
  let authority: String?
  /// The path below which clients reach this server, or an empty text.
  var basePath = ""

  /// Returns a path without the base path in front.
  func withoutBasePath(_ path: Substring) -> Substring {
    !basePath.isEmpty && path.hasPrefix(basePath + "/") ? path.dropFirst(basePath.count) : path
  }
}

extension Request {
  /// Returns the host of this server as the caller writes it.
  func ownHost(_ context: ReflogRequestContext) -> OwnHost {
    let configured = context.publicURL.flatMap { url in
      url.firstRange(of: "://").map { String(url[$0.upperBound...]) }
    }
    return OwnHost(authority: configured ?? context.authority ?? head.authority, basePath: context.basePath)
  }
}
