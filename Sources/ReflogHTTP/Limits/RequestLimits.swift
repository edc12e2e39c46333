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
  /// The maximum number of bytes of all bodies that are in memory at the same time.
  static let bodies = 128 * 1024 * 1024
  /// The slots for changes.
  ///
  /// Concurrent changes share one commit, and most of their time they wait for Microsoft Graph. So the number is high:
  /// one caller can use all 256 connections to Graph.
  static let changes = Slots.Limits(slots: 2048, waiting: 4096)
  /// The slots for queries of the history.
  ///
  /// A query uses a processor and a connection to the ledger. So one caller uses at most a quarter of the processors.
  static let questions = Slots.Limits(slots: 8 * max(1, System.coreCount / 4), waiting: 4096, pause: .milliseconds(10))
  /// The slots for reads of the directory.
  ///
  /// A read of the directory waits for Microsoft Graph most of the time.
  static let directoryReads = Slots.Limits(slots: 128, waiting: 4096, pause: .milliseconds(20))
  /// The slots for callers whose token only Microsoft Graph can check.
  static let unverified = Slots.Limits(slots: 256, waiting: 4096, pause: .milliseconds(100))
  /// The slots for requests to routes that need no credential.
  static let open = Slots.Limits(slots: 64, waiting: 4096, pause: .milliseconds(20))
  /// The slots for sign-ins.
  static let signIns = Slots.Limits(slots: 64, waiting: 4096, pause: .milliseconds(50))
  /// The slots for exports. An export uses a slot while its file is sent.
  static let exports = Slots.Limits(slots: 64, waiting: 0)
  /// The slots for reading the pieces of exports from the ledger.
  ///
  /// Each caller reads one piece at a time, and each export waits for one piece at a time.
  static let exportPieces = Slots.Limits(slots: 8, waiting: 64, pause: .milliseconds(10))
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
