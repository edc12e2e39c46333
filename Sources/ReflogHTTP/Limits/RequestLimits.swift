package import NIOCore

/// The limits of requests and connections.
package enum RequestLimits {
  /// The maximum length of a body in bytes.
  ///
  /// The body of a reference, a connector or a flow has a few hundred bytes. The limit also allows long URLs.
  static let body = 64 * 1024
  /// The maximum length of a forwarded body in bytes.
  ///
  /// An example of such a body is a page in one language of a user flow, in HTML or JSON.
  static let passthroughBody = 1024 * 1024
  /// The maximum length of a reason in bytes.
  ///
  /// It is enough for a long commit message in any writing system.
  static let reasonBytes = 4000
  /// The maximum number of requests by verified callers that are in progress at the same time.
  ///
  /// With bodies of 64 KB, all these requests need 64 MB of memory.
  static let requests = 1024
  /// The maximum number of requests by callers that are not verified yet and that are in progress at the same time.
  ///
  /// With forwarded bodies of 1 MB, all these requests need 64 MB of memory.
  static let unverifiedRequests = 64
  /// The maximum length of all header fields together in bytes.
  ///
  /// It is enough for an Entra token of 16 KB and for 16 KB of other fields.
  package static let headers = 32 * 1024
  /// The maximum number of header fields.
  ///
  /// All known clients send fewer fields.
  package static let headerFields = 100
  /// The maximum time for a whole request to arrive.
  ///
  /// It is enough for a client with a slow connection to send the largest request.
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
