package import ReflogModel

/// The page with the newest checkpoint and its key, the state of the ledger, and the service events.
package struct IntegrityPage: Sendable {
  /// The newest checkpoint and its key, or nil before the first one.
  let signed: Signed?
  let tenant: String
  let newestChange: String
  /// The number of log entries.
  let entries: Int64
  /// The number of pending changes.
  let pending: Int
  /// When a sweep last finished, or nil if none has.
  let verified: Moment?
  /// True for Microsoft Graph, which the sweep verifies because other programs change it too.
  let isSwept: Bool
  let events: [Event]
  /// The event after which the next page starts, or nil if this is the last one.
  let older: String?

  /// A signed checkpoint and the key that verifies it.
  struct Signed: Sendable {
    let note: String
    let key: String
  }

  /// A service event.
  struct Event: Sendable {
    let time: Moment
    let kind: String
    let actor: String?
    let count: Int
    let isMany: Bool
    let details: String
  }

  /// Makes the page.
  ///
  /// - Parameters:
  ///   - status: the state of the ledger.
  ///   - checkpoint: the newest signed checkpoint and the key that verifies it, or nil before the first one.
  ///   - events: service events, newest first.
  ///   - older: the event after which the next page starts, or nil if this is the last one.
  package init(
    _ status: LedgerStatus,
    checkpoint: (note: String, key: String)?,
    events: [ServiceEvent],
    older: Int64?
  ) {
    signed = checkpoint.map { Signed(note: $0.note, key: $0.key) }
    tenant = status.tenantID
    newestChange = status.newestChange?.description ?? "none"
    entries = status.newestSequence.map { $0 + 1 } ?? 0
    pending = status.pendingChanges
    verified = status.verified.map(Moment.init)
    isSwept = status.directory == .graph
    self.older = older.map(String.init)
    self.events = events.map { event in
      Event(
        time: Moment(event.activityDateTime),
        kind: event.content.kind.label,
        actor: event.content.actor?.shownName.shortened(to: Self.nameLength),
        count: event.content.count,
        isMany: event.content.count > 1,
        details: Self.text(event.content.details)
      )
    }
  }

  /// The lengths to which texts are shortened, in scalars; the route of service events has all of them.
  private static let (nameLength, detailsLength) = (80, 300)

  /// Returns `name: value, …`.
  private static func text(_ details: JSONObject) -> String {
    details.members.map { "\($0.name): \($0.value.string ?? $0.value.text)" }.joined(separator: ", ")
      .shortened(to: detailsLength)
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Integrity", frame: frame, in: .integrity, page: self), "integrity")
  }
}

extension ServiceEvent.Kind {
  /// The kind in plain text: `token created`.
  fileprivate var label: String {
    rawValue.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
  }
}
