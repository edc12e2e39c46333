package import NIOCore

/// The limits of requests and connections.
package enum RequestLimits {
  /// The maximum length of a body in bytes.
  ///
  /// The body of a reference, a connector or a flow has a few hundred bytes. The limit also allows long URLs.
  static let body = 64 * 1024
  /// The maximum length of a forwarded body in bytes.
  ///
  /// For example, a caller forwards a page of a user flow in one language, in HTML or JSON.
  static let passthroughBody = 1024 * 1024
  /// The maximum length of a reason in bytes.
  ///
  /// The limit is high enough for a long commit message in any writing system.
  static let reasonBytes = 4000
  /// The maximum number of requests in progress by verified callers.
  ///
  /// With bodies of 64 KB, all these requests need 64 MB of memory.
  static let requests = 1024
  /// The maximum number of requests in progress by callers that are not verified yet.
  ///
  /// With forwarded bodies of 1 MB, all these requests need 64 MB of memory.
  static let unverifiedRequests = 64
  /// The maximum length in bytes of all header fields together.
  ///
  /// The limit is high enough for an Entra token of 16 KB and for 16 KB of other fields.
  package static let headers = 32 * 1024
  /// The maximum number of header fields.
  ///
  /// All known clients send fewer fields.
  package static let headerFields = 100
  /// The maximum time for a whole request to arrive.
  ///
  /// The limit is high enough for a client with a slow connection to send the largest request.
  package static let arrival = TimeAmount.seconds(30)
  /// The maximum idle time of a connection between two requests.
  ///
  /// SDKs close their idle connections earlier.
  package static let idle = TimeAmount.seconds(75)
  /// The maximum number of open connections.
  ///
  /// Each connection needs some kilobytes of memory.
  package static let connections = 4096
}
