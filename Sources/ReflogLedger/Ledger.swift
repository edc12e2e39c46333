package import ReflogModel
package import ReflogStorage

/// The append-only store of changes.
///
/// Each method that writes is one transaction; once it returns, what it wrote is on disk. The read side is ``history``.
package struct Ledger: Sendable {
  /// Reads what the path of a change needs.
  package let history: History
  /// Reads for whoever asks, apart from it.
  package let questions: History
  let storage: Storage
  var writer: GroupCommitWriter { storage.writer }
  let tail = LogTail()
  let clock: WallClock
  let acceptsClock: Bool
  private let onSettled: @Sendable (Change) -> Void

  /// Takes a ledger into use for one directory and tenant, for good.
  ///
  /// Call it before the storage's writer runs.
  ///
  /// - Parameters:
  ///   - acceptsClock: whether changes are taken although the clock is behind the newest entry, and dated as that.
  ///   - origin: the log's name where this ledger is new; made up where there is none.
  ///   - onSettled: hears of every change once its outcome is on disk.
  package init(
    storage: Storage,
    directory: DirectoryKind,
    tenantID: String,
    clock: @escaping WallClock,
    acceptsClock: Bool = false,
    origin: String? = nil,
    onSettled: @escaping @Sendable (Change) -> Void = { _ in }
  ) throws {
    history = History(reader: storage.reader)
    questions = History(reader: storage.questionReader)
    self.storage = storage
    self.clock = clock
    self.acceptsClock = acceptsClock
    self.onSettled = onSettled
    try storage.removeUnfinishedCopy()
    let created = clock()
    let (servedDirectory, servedTenantID) = try storage.setUp { db in
      try LedgerIdentity.findOrRecord(
        directory: directory,
        tenantID: tenantID,
        created: created,
        origin: origin ?? Self.origin(ofTenant: tenantID),
        in: db
      )
    }
    guard servedDirectory == directory.rawValue, servedTenantID == tenantID else {
      throw LedgerError.servesAnother(path: storage.path, directory: servedDirectory, tenantID: servedTenantID)
    }
  }

  /// A name for a tenant's log that no other ledger has.
  private static func origin(ofTenant tenantID: String) -> String {
    "reflog/\(tenantID)/\(randomSuffix())"
  }

  /// Eight random hexadecimal digits.
  static func randomSuffix() -> String {
    String(UInt32.random(in: 0x1000_0000...UInt32.max), radix: 16)
  }

  func tellSettled(_ changes: [Change]) {
    for change in changes where change.outcome != nil { onSettled(change) }
  }

  /// The moment it is now, as far as the ledger is concerned.
  package var now: Timestamp { clock() }

  /// Whether the last write went through, and more are taken.
  package var isHealthy: Bool { writer.isHealthy }

  /// Tries a write that changes nothing, so that a disk with room again is noticed before somebody needs it.
  package func probeUnlessHealthy() async {
    guard !isHealthy else { return }
    await writer.probe()
  }
}
