/// What a read of the directory is worth, given what the ledger knows of the address.
package enum ReadAssessment: Hashable, Sendable {
  /// It shows what the ledger thought.
  case asRecorded
  /// It shows what stood there a moment ago: a directory that is eventually consistent may. The ledger is right.
  case stale
  /// It shows what somebody else did.
  case drift

  /// - Parameters:
  ///   - recorded: what the ledger thinks stands at the address.
  ///   - recent: the writes that may have reached the address within the settle window.
  package init(found: ConnectorReference, recorded: ConnectorReference, recent: [RecentWrite]) {
    if found == recorded {
      self = .asRecorded
    } else {
      let held = recent.flatMap { [$0.before, $0.after] }
      self = held.contains(found) ? .stale : .drift
    }
  }
}
