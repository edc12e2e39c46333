package import ReflogModel

/// What the ledger knows of an address, as far as the next change there needs it.
package struct AddressState: Sendable {
  /// The newest applied change, or nil if there is none: its after is the reference.
  package fileprivate(set) var newestApplied: Change?
  /// The newest change that made a difference, or nil if there is none.
  package fileprivate(set) var newestEffective: Change?
  /// The change that is under way, or nil if there is none.
  package fileprivate(set) var pending: Change?
  /// What a conclusive read of the directory showed last, and when; nil if there was none.
  fileprivate var seen: (reference: ConnectorReference, time: Timestamp)?

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

  /// The reference that the ledger knows: that of the newest applied change, or else what a read showed. Nil if it knows none.
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

  /// Takes a change in that was recorded or settled at the address.
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

  mutating func take(_ reference: ConnectorReference, at time: Timestamp) {
    seen = (reference, time)
  }
}

/// The newest writes at an address that may have reached the directory.
struct RecentWrites: Sendable {
  /// More than a settle window usually sees at one address.
  static let limit = 32

  /// From this moment on every write is known.
  private var knownSince: Timestamp
  /// Newest first.
  private var writes: [RecentWrite] = []

  /// - Parameter moment: every write of this moment or later will be taken in.
  init(knownSince moment: Timestamp) {
    knownSince = moment
  }

  /// Those that were recorded or settled at this moment or later; nil where there may be more of them than are known.
  func since(_ moment: Timestamp) -> [RecentWrite]? {
    guard moment >= knownSince else { return nil }
    return writes.filter { $0.time >= moment }
  }

  /// Takes a change in that was recorded or settled at the address.
  mutating func take(_ change: Change) {
    writes.removeAll { $0.id == change.id }
    guard change.mayHaveReachedDirectory else { return }
    writes.insert(RecentWrite(change), at: 0)
    if writes.count > Self.limit { knownSince = max(knownSince, writes.removeLast().time.next) }
  }
}
