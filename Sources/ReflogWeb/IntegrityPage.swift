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
  /// Whether a directory is looked at that others change too.
  let isLookedAt: Bool
  let events: [Event]
  /// The event behind which older ones begin; nothing where there are none.
  let older: String?

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
  ///   - events: service events, newest first.
  ///   - older: the event behind which older ones begin.
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
    isLookedAt = status.directory == .graph
    self.older = older.map(String.init)
    self.events = events.map { event in
      Event(
        time: Moment(event.activityDateTime),
        kind: event.content.kind.words,
        actor: event.content.actor?.shownName.shortened(to: Self.nameLength),
        count: event.content.count,
        isMany: event.content.count > 1,
        details: Self.words(event.content.details)
      )
    }
  }

  /// More of a name, and of details, than this is what the service events themselves say.
  private static let (nameLength, detailsLength) = (80, 300)

  /// `name: value, …`.
  private static func words(_ details: JSONObject) -> String {
    details.members.map { "\($0.name): \($0.value.string ?? $0.value.text)" }.joined(separator: ", ")
      .shortened(to: detailsLength)
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Integrity", frame: frame, in: .integrity, page: self), "integrity")
  }
}

extension ServiceEvent.Kind {
  /// Its name in words: `token created`.
  fileprivate var words: String {
    rawValue.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
  }
}
