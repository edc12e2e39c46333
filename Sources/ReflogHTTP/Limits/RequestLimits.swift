package import NIOCore

/// The limits of requests and connections.
package enum RequestLimits {
  /// The maximum length, in bytes, of the body of a request.
  ///
  /// The body of a reference, a connector or a flow has a few hundred bytes. The limit is high enough for long URLs in
  /// the body.
  static let body = 64 * 1024
  /// The maximum length, in bytes, of a body that Reflog forwards to Microsoft Graph.
  ///
  /// For example, the body is a page of a user flow in one language, as HTML or JSON.
  static let passthroughBody = 1024 * 1024
  /// The maximum length, in bytes, of the reason for a change.
  ///
  /// The limit is high enough for a long commit message in any writing system.
  static let reasonBytes = 4000
  /// The maximum size, in bytes, of all bodies that are in memory at the same time.
  static let bodies = 128 * 1024 * 1024
  /// The slots for changes.
  ///
  /// Concurrent changes share one commit, and a change waits for Microsoft Graph most of the time. So the number of
  /// slots is high. The share of one caller is enough to use all 256 connections to Microsoft Graph.
  static let changes = Slots.Limits(slots: 2048, waiting: 4096)
  /// The slots for queries of the history.
  ///
  /// A query uses a processor and a connection to the ledger. So the queries of one caller use at most a quarter of the
  /// processors. Counts and exports run on ``BackgroundThreads`` and have separate slots.
  static let questions = Slots.Limits(slots: 8 * max(1, System.coreCount / 4), waiting: 4096, pause: .milliseconds(10))
  /// The slots for counts of the history.
  ///
  /// A count can take many seconds. Because counts have separate slots, the pages of a person do not wait for the
  /// counts of this person.
  static let counts = questions
  /// The number of threads for counts and exports.
  ///
  /// All counts and exports together use at most half of the processors. The other half is always free for changes and
  /// pages. A change or a page wakes many threads one after the other. If counts and exports had more threads, each
  /// woken thread would first wait for a processor. Counts and exports give up their thread after each part, so a few
  /// threads serve them all.
  static let backgroundThreads = max(1, System.coreCount / 2)
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
  /// The slots for exports.
  ///
  /// An export uses a slot while the exported file is sent.
  static let exports = Slots.Limits(slots: 64, waiting: 0)
  /// The slots for reading the pieces of exports from the ledger.
  ///
  /// One caller uses at most one of these slots at a time, and one export waits for at most one slot at a time.
  static let exportPieces = Slots.Limits(slots: 8, waiting: 64, pause: .milliseconds(10))
  /// The maximum length, in bytes, of all header fields of a request together.
  ///
  /// The limit is high enough for an Entra token of 16 KB and for 16 KB of all other header fields.
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
  /// Client libraries close idle connections earlier than this limit.
  package static let idle = TimeAmount.seconds(75)
  /// The maximum number of open connections.
  ///
  /// Each connection needs some kilobytes of memory.
  package static let connections = 4096
}
