/// What a read of the directory means, compared with what the ledger knows of the address.
package enum ReadAssessment: Hashable, Sendable {
  /// It shows the ledger's reference.
  case asRecorded
  /// It shows a reference that the address held within the settle window, so the ledger's reference counts.
  case stale
  /// It shows a reference that was set without Reflog.
  case drift

  /// Assesses a read.
  ///
  /// - Parameters:
  ///   - found: The reference that the read showed.
  ///   - recorded: The ledger's reference at the address.
  ///   - recent: The writes that may have reached the address within the settle window.
  package init(found: ConnectorReference, recorded: ConnectorReference, recent: [RecentWrite]) {
    if found == recorded {
      self = .asRecorded
    } else {
      let held = recent.flatMap { [$0.before, $0.after] }
      self = held.contains(found) ? .stale : .drift
    }
  }
}
