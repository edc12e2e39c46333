package import ReflogModel
package import ReflogStorage

/// The append-only store of changes and service events.
///
/// Each write is one transaction, and the transaction is durable when the method returns. Use ``history`` to read.
package final class Ledger: Sendable {
  /// Reads the data that is needed to make changes.
  package let history: History
  /// Reads the data for queries, with a separate pool of connections, so queries do not delay changes.
  package let questions: History
  /// The keys that sign each transaction.
  ///
  /// Add at least one key before the writer's thread starts, because every transaction must be signed.
  package let signers = LogSigners()
  /// The index of the reasons of changes, or nil if searches read the reasons in the ledger.
  let reasonIndex: (any ReasonFinder)?
  let store: any LedgerStore
  let writer: GroupCommitWriter<LedgerSession>
  let context: LedgerContext
  let acceptsClock: Bool

  /// Opens a ledger; a ledger serves one directory and one tenant, which never change.
  ///
  /// Call this initializer before the writer's thread runs.
  ///
  /// - Parameters:
  ///   - store: The ledger's database.
  ///   - reasonIndex: The index of the reasons of changes, or nil to search without an index.
  ///   - thread: The thread that writes the ledger.
  ///   - directory: The directory that the ledger serves.
  ///   - tenantID: The tenant that the ledger serves.
  ///   - settleWindow: The directory's settle window. It decides whether a change was certainly made during a freeze.
  ///   - clock: The clock that sets the time of entries.
  ///   - acceptsClock: Whether to record changes if the clock is behind the newest entry. Such changes get the time of
  ///     the newest entry.
  ///   - origin: The name of the log if this ledger is new, or nil to generate a name.
  ///   - onSettled: Called with every change once its outcome is durable.
  ///   - onFrozenDrift: Called with each durable change that was made without Reflog while a freeze covered its step,
  ///     its connector or a step that called the connector. The other arguments are the freeze, and whether the change
  ///     was certainly made during the freeze.
  /// - Throws: ``LedgerError/servesAnother(path:directory:tenantID:)`` if the ledger serves another directory or
  ///   tenant.
  package init(
    store: any LedgerStore,
    reasonIndex: (any ReasonFinder)? = nil,
    thread: WriterThread,
    directory: DirectoryKind,
    tenantID: String,
    settleWindow: Duration = .zero,
    clock: @escaping WallClock,
    acceptsClock: Bool = false,
    origin: String? = nil,
    onSettled: @escaping @Sendable (Change) -> Void = { _ in },
    onFrozenDrift: @escaping @Sendable (Change, Freeze, Bool) -> Void = { _, _, _ in }
  ) throws {
    history = History(reader: store.changeReader)
    questions = History(reader: store.queryReader, reasonIndex: reasonIndex)
    self.reasonIndex = reasonIndex
    self.store = store
    self.acceptsClock = acceptsClock
    let context = LedgerContext(
      clock: clock,
      signers: signers,
      memory: LedgerMemory(keepsWrites: directory == .graph),
      settleWindow: settleWindow,
      onSettled: onSettled,
      onFrozenDrift: onFrozenDrift
    )
    self.context = context
    writer = store.makeWriter(on: thread) { try LedgerSession($0, $1, context) }
    let created = clock()
    let (servedDirectory, servedTenantID) = try store.setUp { db, _ in
      try LedgerIdentity.findOrRecord(
        directory: directory,
        tenantID: tenantID,
        created: created,
        origin: origin ?? Self.origin(ofTenant: tenantID),
        in: db
      )
    }
    guard servedDirectory == directory.rawValue, servedTenantID == tenantID else {
      throw LedgerError.servesAnother(path: store.name, directory: servedDirectory, tenantID: servedTenantID)
    }
  }

  /// Returns a unique name for a tenant's log.
  private static func origin(ofTenant tenantID: String) -> String {
    "reflog/\(tenantID)/\(randomSuffix())"
  }

  /// Returns eight random hexadecimal digits.
  static func randomSuffix() -> String {
    String(UInt32.random(in: 0x1000_0000...UInt32.max), radix: 16)
  }

  /// The time of the ledger's clock.
  package var now: Timestamp { context.clock() }

  /// The time that an entry would have if the ledger recorded it now.
  ///
  /// The time is the time of the clock. If the clock is behind the newest entry, the time is the time of the newest
  /// entry. All checks of freezes use this time, so they agree with the transaction that records a change.
  package var nextTime: Timestamp { max(context.clock(), context.newestTime) }

  /// Whether the last write succeeded and the ledger accepts more writes.
  package var isHealthy: Bool { context.finding == nil && writer.isHealthy }

  /// The numbers of commits, of the writer's SQL statements, and of reads through ``history``, since the ledger was
  /// opened.
  package var counters: (commits: Int, statements: Int, reads: Int) {
    let written = writer.counters
    return (written.commits, written.statements, history.reader.readCount)
  }

  /// The figures about the ledger's file, for the metrics.
  package var figures: LedgerFigures {
    let written = writer.counters
    return LedgerFigures(
      commits: written.commits,
      statements: written.statements,
      overrides: context.overrideCount,
      walBytes: store.walBytes
    )
  }

  /// If the ledger is not healthy, tries a write that changes no data.
  ///
  /// A full disk makes the ledger unhealthy. If the disk has free space again, the successful write makes the ledger
  /// healthy without waiting for the next change.
  package func probeUnlessHealthy() async {
    guard !isHealthy, context.finding == nil else { return }
    // An error is ignored here, because `isHealthy` shows whether the write succeeded.
    try? await writer.write { session in try session.connection.probe() }
  }
}
