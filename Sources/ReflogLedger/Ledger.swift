package import ReflogModel
package import ReflogStorage

/// The append-only store of changes.
///
/// Each method that writes is one transaction; once it returns, what it wrote is on disk. The read side is ``history``.
package final class Ledger: Sendable {
  /// Reads what the path of a change needs.
  package let history: History
  /// Reads for callers that ask, apart from it.
  package let questions: History
  /// The keys that sign each transaction. There must be one before the writer's thread runs.
  package let signers: LogSigners
  let storage: Storage
  let writer: FileWriter<LedgerSession>
  let context: LedgerContext
  let acceptsClock: Bool

  /// Takes a ledger into use for one directory and tenant, for good.
  ///
  /// Call it before the thread runs.
  ///
  /// - Parameters:
  ///   - thread: writes the ledger's file.
  ///   - signers: the keys that sign the log; they may be added until the thread runs.
  ///   - acceptsClock: whether changes are taken although the clock is behind the newest entry, and dated as that.
  ///   - origin: the log's name where this ledger is new; made up if it is nil.
  ///   - onSettled: hears of every change once its outcome is on disk.
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

  /// Throws `foreignEntries` where rows stand behind the head, or the head is not signed over the entries: another program wrote to the
  /// file.
  ///
  /// - Parameter keys: those that sign; nil where the signature doesn't count, before an older copy is taken into use.
  package func verifyHead(signedBy keys: [VerifierKey]? = nil) async throws(LedgerError) {
    try await history.read { db in
      let head = try LedgerHead(db)
      try head.verifyEnd(db)
      if let keys { try head.verify(of: LogRows.origin(db), with: keys) }
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

  /// The moment it is now, as far as the ledger is concerned.
  package var now: Timestamp { context.clock() }

  /// Whether the last write went through, and more are taken.
  package var isHealthy: Bool { context.finding == nil && writer.isHealthy }

  /// What the path of changes did to the file since it was opened: commits, statements, and reads beside them.
  package var counters: (commits: Int, statements: Int, reads: Int) {
    let written = writer.counters
    return (written.commits, written.statements, storage.reader.readCount)
  }

  package var figures: LedgerFigures {
    let written = writer.counters
    return LedgerFigures(commits: written.commits, statements: written.statements, walBytes: storage.walBytes)
  }

  /// Tries a write that changes nothing, so that a disk with room again is noticed before a change needs it.
  package func probeUnlessHealthy() async {
    guard !isHealthy, context.finding == nil else { return }
    // What comes of it shows in `isHealthy`.
    try? await writer.write { session in try session.connection.execute("PRAGMA user_version = 0") }
  }
}
