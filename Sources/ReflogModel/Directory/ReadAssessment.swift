/// The result of comparing a read of the directory with the ledger's reference at the same address.
package enum ReadAssessment: Hashable, Sendable {
  /// The read shows the ledger's reference.
  case asRecorded
  /// The read shows an older reference that the address held within the settle window.
  ///
  /// The directory can still return the older reference for a short time, so the ledger's reference is treated as the
  /// current reference. If the reference before a recent write is unknown, any reference can be the older reference.
  case stale
  /// The read shows a reference that was set without Reflog.
  case drift

  /// Assesses a read.
  ///
  /// - Parameters:
  ///   - found: The reference that the read showed.
  ///   - recorded: The ledger's reference at the address.
  ///   - recent: The writes that have certainly or possibly reached the address within the settle window.
  package init(found: ConnectorReference, recorded: ConnectorReference, recent: [RecentWrite]) {
    if found == recorded {
      self = .asRecorded
    } else {
      let held = recent.flatMap { [$0.before, $0.after] }
      self = held.contains(found) || held.contains(.unknown) ? .stale : .drift
    }
  }
}
