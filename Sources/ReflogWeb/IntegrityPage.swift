package import ReflogModel

/// The page with the newest checkpoint, the key that verifies the checkpoint, the state of the ledger, and the service
/// events.
package struct IntegrityPage: Sendable {
  /// The newest checkpoint and the key that verifies the checkpoint, or nil if no checkpoint is signed yet.
  let signed: Signed?
  /// The result of the log check that this page makes.
  let check: Check
  /// The URL of this server, for commands.
  let server: String
  /// The replacement of a lost key, or nil if no replacement waits for the confirmation by an admin.
  let replacement: Replacement?
  let tenant: String
  let newestChange: String
  /// The number of log entries.
  let entries: Int64
  /// The number of pending changes.
  let pending: Int
  /// The time at which the last sweep finished, or nil if no sweep has finished yet.
  let verified: Moment?
  /// True if sweeps check the directory.
  ///
  /// Sweeps check only Microsoft Graph, because other programs can change references there. A sweep compares the
  /// recorded references with the references in Microsoft Graph.
  let isSwept: Bool
  /// The parts of the directory that the last sweep could not read.
  let unread: [Unread]
  let events: [EventView]
  /// The id of the last event on this page, or nil if this is the last page.
  ///
  /// The next page starts with the newest event that is older than this event.
  let older: String?
  /// Whether newer events are on other pages.
  let isContinued: Bool

  /// The result of the log check, as sentences.
  struct Check: Sendable {
    /// The difference that was found, or nil if there is none.
    let problem: String?
    /// A sentence about the newest checkpoint.
    let checkpoint: String
    /// A sentence about the anchor.
    let anchor: String
  }

  /// A signed checkpoint and the key that verifies the checkpoint.
  struct Signed: Sendable {
    let note: String
    let key: String
  }

  /// A replacement of a lost key.
  struct Replacement: Sendable {
    let time: Moment
    let reason: String
    /// The name of the log before the replacement.
    let formerOrigin: String
    /// The name of the log since the replacement.
    let origin: String
    /// Whether the viewer is allowed to confirm the replacement.
    let canConfirm: Bool
  }

  /// A part of the directory that the last sweep could not read.
  struct Unread: Sendable {
    let name: String
    let since: Moment
    let reason: String
  }

  /// Creates the page.
  ///
  /// - Parameters:
  ///   - status: the state of the ledger.
  ///   - checkpoint: the newest signed checkpoint and the key that verifies the checkpoint, or nil if no checkpoint is
  ///     signed yet.
  ///   - check: the result of the comparison of the log with its newest checkpoint and with the anchor.
  ///   - server: the URL of this server, for commands.
  ///   - events: service events, newest first.
  ///   - older: the id of the last event in `events`, or nil if this is the last page.
  ///   - isContinued: whether newer events are on other pages.
  ///   - canConfirm: whether the viewer is allowed to confirm the replacement of a lost key.
  package init(
    _ status: LedgerStatus,
    checkpoint: (note: String, key: String)?,
    check: LogCheck = LogCheck(signedEntries: nil, anchoredEntries: nil),
    server: String = "",
    events: [ServiceEvent],
    older: Int64?,
    isContinued: Bool = false,
    canConfirm: Bool = false
  ) {
    signed = checkpoint.map { Signed(note: $0.note, key: $0.key) }
    self.check = Check(check)
    self.server = server
    replacement = status.keyReplacement.map { found in
      Replacement(
        time: Moment(found.time),
        reason: found.reason,
        formerOrigin: found.formerOrigin.text,
        origin: found.origin.text,
        canConfirm: canConfirm
      )
    }
    tenant = status.tenantID
    newestChange = status.newestChange?.description ?? "none"
    entries = status.newestSequence.map { $0 + 1 } ?? 0
    pending = status.pendingChanges
    verified = status.verified.map(Moment.init)
    isSwept = status.directory == .graph
    unread = status.unread.map { Unread(name: $0.name, since: Moment($0.since), reason: $0.reason) }
    self.older = older.map(String.init)
    self.isContinued = isContinued
    self.events = events.map(EventView.init)
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Integrity", frame: frame, in: .integrity, page: self), "integrity")
  }
}

extension IntegrityPage.Check {
  fileprivate init(_ check: LogCheck) {
    problem = check.problem
    checkpoint =
      check.signedEntries.map {
        "The newest checkpoint has a valid signature. It covers all \($0.grouped) entries of the log, and they match it."
      } ?? "No checkpoint is signed yet."
    anchor =
      check.anchoredEntries.map {
        "The anchor has a valid signature. It covers the first \($0.grouped) entries, and they match it."
      } ?? "The anchor does not exist, so this server can't find out whether the newest entries were removed."
  }
}
