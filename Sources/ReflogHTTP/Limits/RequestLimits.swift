package import NIOCore

/// How much Reflog takes of what is sent to it.
package enum RequestLimits {
  /// A reference, a connector or a flow is a few hundred bytes; this leaves room for long URLs.
  static let body = 64 * 1024
  /// A page of a user flow's language, in HTML or JSON.
  static let passedOnBody = 1024 * 1024
  /// As long as a good commit message in any script.
  static let reasonBytes = 4000
  /// How many requests of proven callers are worked on at once: with bodies of 64 KB each they hold 64 MB.
  static let requests = 1024
  /// How many of those whom the directory has yet to prove: with what is passed on they hold 64 MB.
  static let unprovenRequests = 64
  /// All header fields together: an Entra token of 16 KB, and as much again for the rest.
  package static let headers = 32 * 1024
  /// More than any client sends.
  package static let headerFields = 100
  /// How long a whole request may take to arrive: longer than any client on a slow line needs for what fits the limits.
  package static let arrival = TimeAmount.seconds(30)
  /// How long a connection may idle between requests: longer than SDKs keep theirs.
  package static let idle = TimeAmount.seconds(75)
  /// How many connections may be open: each costs some kilobytes.
  package static let connections = 4096
}
