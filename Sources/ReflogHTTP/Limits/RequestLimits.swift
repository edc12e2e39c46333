package import NIOCore

/// The limits of requests and connections.
package enum RequestLimits {
  /// The bytes of a body.
  ///
  /// A reference, a connector or a flow has a few hundred; this leaves room for long URLs.
  static let body = 64 * 1024
  /// The bytes of a forwarded body, such as a page of a user flow's language in HTML or JSON.
  static let passthroughBody = 1024 * 1024
  /// The bytes of a reason: enough for a long commit message in any script.
  static let reasonBytes = 4000
  /// Requests of verified callers in progress at once.
  ///
  /// With bodies of 64 KB they hold 64 MB.
  static let requests = 1024
  /// Requests in progress at once whose caller is not verified yet.
  ///
  /// With forwarded bodies of 1 MB they hold 64 MB.
  static let unverifiedRequests = 64
  /// The bytes of all header fields together: an Entra token of 16 KB, and the same again for the rest.
  package static let headers = 32 * 1024
  /// The number of header fields: more than any client sends.
  package static let headerFields = 100
  /// How long a whole request may take to arrive: enough for a client on a slow line to send the largest request.
  package static let arrival = TimeAmount.seconds(30)
  /// How long a connection may be idle between requests: longer than SDKs keep theirs open.
  package static let idle = TimeAmount.seconds(75)
  /// Open connections.
  ///
  /// Each needs some kilobytes.
  package static let connections = 4096
}
