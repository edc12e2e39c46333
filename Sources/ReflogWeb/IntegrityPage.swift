package import ReflogModel

/// What proves the history, to be kept elsewhere; and what happened to Reflog itself.
package struct IntegrityPage: Sendable {
  /// Nothing before the first checkpoint.
  let signed: Signed?
  let tenant: String
  let newestChange: String
  let entries: Int64
  let pending: Int
  let verified: Moment?
  let events: [Event]

  struct Signed: Sendable {
    let note: String
    let key: String
  }

  struct Event: Sendable {
    let time: Moment
    let kind: String
    let actor: String?
    let count: Int
    let isMany: Bool
    let details: String
  }

  /// - Parameters:
  ///   - checkpoint: the newest signed checkpoint and the key that signed it.
  ///   - events: the newest service events, newest first.
  package init(_ status: LedgerStatus, checkpoint: (note: String, key: String)?, events: [ServiceEvent]) {
    signed = checkpoint.map { Signed(note: $0.note, key: $0.key) }
    tenant = status.tenantID
    newestChange = status.newestChange?.description ?? "none"
    entries = status.newestSequence.map { $0 + 1 } ?? 0
    pending = status.pendingChanges
    verified = status.verified.map(Moment.init)
    self.events = events.map { event in
      Event(
        time: Moment(event.activityDateTime),
        kind: event.content.kind.rawValue,
        actor: event.content.actor?.shownName,
        count: event.content.count,
        isMany: event.content.count > 1,
        details: event.content.details.members.isEmpty ? "" : JSONValue.object(event.content.details).text
      )
    }
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Integrity", frame: frame, in: .integrity, page: self), "integrity")
  }
}
