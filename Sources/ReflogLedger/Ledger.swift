package import ReflogModel
package import ReflogStorage

/// The append-only store of changes and service events.
///
/// Each method that writes is one transaction. When it returns, the transaction is durable. ``history`` is the read
/// side.
package final class Ledger: Sendable {
  /// Reads what a change needs before and while it is made.
  package let history: History
  /// Reads for queries, through a separate pool of connections.
  package let questions: History
  /// The keys that sign each transaction.
  ///
  /// The log needs at least one before the writer's thread runs.
  package let signers: LogSigners
  let storage: Storage
  let writer: FileWriter<LedgerSession>
  let context: LedgerContext
  let acceptsClock: Bool

  /// Opens a ledger for one directory and one tenant, which never change afterwards.
  ///
  /// Call it before the thread runs.
  ///
  /// - Parameters:
  ///   - storage: The ledger's file.
  ///   - thread: The thread that writes the ledger's file.
  ///   - signers: The keys that sign the log. Keys may be added until the thread runs.
  ///   - directory: The directory that the ledger serves.
  ///   - tenantID: The tenant that the ledger serves.
  ///   - clock: The source of the time of entries.
  ///   - acceptsClock: Whether to record changes if the clock is behind the newest entry. They then have the time of
  ///     that entry.
  ///   - origin: The log's name if this ledger is new, or nil for a generated one.
  ///   - onSettled: Called with every change once its outcome is durable.
  /// - Throws: ``LedgerError/servesAnother(path:directory:tenantID:)`` if the ledger serves another directory or
  ///   tenant.
  package init(
    storage: Storage,
    thread: WriterThread,
    signers: LogSigners = LogSigners(),
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
    self.signers = signers
    self.acceptsClock = acceptsClock
    let context = LedgerContext(
      clock: clock,
      signers: signers,
      memory: LedgerMemory(keepsWrites: directory == .graph),
      onSettled: onSettled
    )
    self.context = context
    writer = FileWriter(of: storage, on: thread) { try LedgerSession($0, context) }
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

  /// Throws `foreignEntries` if rows exist after the head, or if the head is not signed over the entries.
  ///
  /// In both cases another program wrote to the file.
  ///
  /// - Parameter keys: The keys whose signatures count, or nil to skip the check of the signature, before an older copy
  ///   is accepted.
  package func verifyHead(signedBy keys: [VerifierKey]? = nil) async throws(LedgerError) {
    try await history.read { db in
      let head = try LedgerHead(db)
      try head.verifyEnd(db)
      if let keys { try head.verify(of: LogRows.origin(db), with: keys) }
    }
  }

  /// Returns a name for a tenant's log that no other ledger has.
  private static func origin(ofTenant tenantID: String) -> String {
    "reflog/\(tenantID)/\(randomSuffix())"
  }

  /// Returns eight random hexadecimal digits.
  static func randomSuffix() -> String {
    String(UInt32.random(in: 0x1000_0000...UInt32.max), radix: 16)
  }

  /// The time of the ledger's clock.
  package var now: Timestamp { context.clock() }

  /// Whether the last write succeeded and the ledger accepts more.
  package var isHealthy: Bool { context.finding == nil && writer.isHealthy }

  /// The number of commits, statements and reads that changes caused since the ledger was opened.
  package var counters: (commits: Int, statements: Int, reads: Int) {
    let written = writer.counters
    return (written.commits, written.statements, storage.reader.readCount)
  }

  /// The figures of the ledger's file for the metrics.
  package var figures: LedgerFigures {
    let written = writer.counters
    return LedgerFigures(commits: written.commits, statements: written.statements, walBytes: storage.walBytes)
  }

  /// Makes a write without effect if the ledger is not healthy, to notice a disk that has room again before a change
  /// needs it.
  package func probeUnlessHealthy() async {
    guard !isHealthy, context.finding == nil else { return }
    // The result shows in `isHealthy`.
    try? await writer.write { session in try session.connection.execute("PRAGMA user_version = 0") }
  }
}
