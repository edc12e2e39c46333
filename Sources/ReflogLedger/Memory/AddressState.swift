package import ReflogModel

/// The recorded state of an address, which the next change at the address needs.
package struct AddressState: Sendable {
  /// The newest applied change, or nil if there is none.
  ///
  /// The recorded reference of the address is the `after` of this change.
  package fileprivate(set) var newestApplied: Change?
  /// The newest effective change, or nil if there is none.
  package fileprivate(set) var newestEffective: Change?
  /// The pending change, or nil if there is none.
  package fileprivate(set) var pending: Change?
  /// The reference that the newest conclusive read of the directory showed, and the time of the read.
  ///
  /// The value is nil if there was no conclusive read.
  fileprivate var seen: (reference: ConnectorReference, time: Timestamp)?

  /// Creates a state that was read from the file.
  init(
    newestApplied: Change?,
    newestEffective: Change?,
    pending: Change?,
    seen: (reference: ConnectorReference, time: Timestamp)?
  ) {
    self.newestApplied = newestApplied
    self.newestEffective = newestEffective
    self.pending = pending
    self.seen = seen
  }

  /// The recorded reference, or nil if the ledger has none.
  ///
  /// The recorded reference is the `after` of the newest applied change. If there is no applied change, the recorded
  /// reference is the reference that the newest conclusive read of the directory showed.
  package var recorded: RecordedReference? {
    guard let newestApplied else {
      return seen.map { RecordedReference(reference: $0.reference, lastSeen: $0.time) }
    }
    let stillSeen = seen.flatMap { $0.reference == newestApplied.after ? $0.time : nil }
    return RecordedReference(
      reference: newestApplied.after,
      lastSeen: [newestApplied.resultDateTime, stillSeen].compactMap { $0 }.max()
    )
  }

  /// Updates the state with a change that was recorded or settled at the address.
  mutating func take(_ change: Change) {
    if change.result == .pending {
      pending = change
      return
    }
    if pending?.id == change.id { pending = nil }
    guard change.result == .applied else { return }
    if newestApplied.map({ $0.id < change.id }) ?? true { newestApplied = change }
    if change.isEffective, newestEffective.map({ $0.id < change.id }) ?? true { newestEffective = change }
  }

  /// Updates the state with the reference that a conclusive read showed.
  mutating func take(_ reference: ConnectorReference, at time: Timestamp) {
    seen = (reference, time)
  }
}

/// The newest writes at an address; the list contains only writes that may have reached the directory.
struct RecentWrites: Sendable {
  /// The maximum number of writes in the list, which is more than an address usually has within a settle window.
  static let limit = 32

  /// The time from which the list contains every write.
  private var knownSince: Timestamp
  /// The writes in the list, newest last.
  private var writes: [RecentWrite] = []

  /// Creates a list without writes.
  ///
  /// - Parameter moment: The caller must add all writes that are made at or after this time.
  init(knownSince moment: Timestamp) {
    knownSince = moment
  }

  /// Returns the writes that were recorded or settled at or after a moment, or nil if the list may lack such a write.
  ///
  /// The newest write is first.
  func since(_ moment: Timestamp) -> [RecentWrite]? {
    guard moment >= knownSince else { return nil }
    return writes.reversed().filter { $0.time >= moment }
  }

  /// Updates the list with a change that was recorded or settled at the address.
  mutating func take(_ change: Change) {
    if let index = writes.lastIndex(where: { $0.id == change.id }) { writes.remove(at: index) }
    guard change.mayHaveReachedDirectory else { return }
    writes.append(RecentWrite(change))
    if writes.count > Self.limit { knownSince = max(knownSince, writes.removeFirst().time.next) }
  }
}
