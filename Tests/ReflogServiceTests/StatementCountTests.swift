import ReflogDirectory
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogStorage
import ReflogTesting
import Synchronization
import Testing

/// Tests of the numbers of commits, of SQL statements and of reads that one change needs in the ledger's file.
///
/// Each test first makes other changes, so all data for the measured change is already in memory.
struct StatementCountTests {
  /// The number of SQL statements that every transaction needs.
  ///
  /// The statements are BEGIN, the read of the head row of the log, the write of the head row, and COMMIT.
  private static let ofEachTransaction = 4
  private static let ofAnIntent = 6
  private static let ofAnOutcome = 4

  @Test func anUpdateNeedsTwoCommitsAndNoRead() async throws {
    try await withEmbedded { it in
      _ = try await it.set(Sample.newVendor)

      let cost = try await it.cost { _ = try await it.set(Sample.fraudCheck) }

      expectFew(cost)
      #expect(cost.reads == 0)
    }
  }

  @Test func anIdempotencyKeyNeedsNoRead() async throws {
    try await withEmbedded { it in
      _ = try await it.set(Sample.newVendor)

      let cost = try await it.cost { _ = try await it.set(Sample.fraudCheck, named: Self.key) }

      expectFew(cost)
      #expect(cost.reads == 0)
    }
  }

  @Test func everyRepeatOfAnUpdateAtAStepNeedsTheSameStatements() async throws {
    try await withEmbedded { it in
      _ = try await it.set(Sample.newVendor)

      for reference in [Sample.fraudCheck, .none, Sample.newVendor, .none] {
        let cost = try await it.cost { _ = try await it.set(reference) }
        expectFew(cost)
        #expect(cost.reads == 0)
      }
    }
  }

  /// All freezes are in memory, so a change that no freeze covers needs no SQL statement to find freezes.
  @Test func freezesOfOtherStepsCostNoStatementAndNoRead() async throws {
    try await withEmbedded { it in
      _ = try await it.set(Sample.newVendor)
      let free = try await it.cost { _ = try await it.set(Sample.fraudCheck) }
      let operatorCaller = Caller(actor: Sample.operatorActor, credential: .roles([.operator]))
      for scope in [FreezeScope.address(Sample.attributes), .flow(FlowName(of: Self.other)), .address(Self.other)] {
        _ = try await it.service.place(Freeze.Draft(scope: scope, reason: "x"), for: operatorCaller)
      }

      let cost = try await it.cost { _ = try await it.set(Sample.newVendor) }

      #expect(cost.intent.statements == free.intent.statements)
      #expect(cost.outcome.statements == free.outcome.statements)
      #expect(cost.reads == 0)
    }
  }

  private static let other = Sample.address("b2cUserFlows/B2C_1_other/postFederationSignup")

  @Test func aRollbackReadsOnlyTheChangeThatItNames() async throws {
    try await withEmbedded { it in
      let bad = try await it.set(Sample.newVendor)

      let cost = try await it.cost {
        let change = try await it.perform(.rollBack(bad.id, permitting: .none))
        #expect(change.after == Sample.fraudCheck)
      }

      expectFew(cost)
      // The first read finds the address that must be locked. The second read runs while the address is locked.
      #expect(cost.reads <= 2)
    }
  }

  @Test func anEditOfAConnectorNeedsTwoCommitsAndNoRead() async throws {
    try await withEmbedded { it in
      let id = try #require(Sample.fraudCheck.connectorID)
      _ = try await it.perform(.updateConnector(id, ["displayName": "Fraud"]))

      let cost = try await it.cost {
        _ = try await it.perform(.updateConnector(id, ["displayName": "Fraud check"]))
      }

      expectFew(cost)
      #expect(cost.reads == 0)
    }
  }

  /// The steps that call the connector are searched only while a step or a flow is frozen.
  @Test func plannedFreezesCostAnEditOfAConnectorNoStatement() async throws {
    try await withEmbedded { it in
      let id = try #require(Sample.fraudCheck.connectorID)
      _ = try await it.perform(.updateConnector(id, ["displayName": "Fraud"]))
      let free = try await it.cost { _ = try await it.perform(.updateConnector(id, ["displayName": "Fraud check"])) }
      let operatorCaller = Caller(actor: Sample.operatorActor, credential: .roles([.operator]))
      let start = it.ledger.now.before(.seconds(-900))
      let planned = Freeze.Draft(scope: .address(Sample.signup), reason: "x", from: start)
      _ = try await it.service.place(planned, for: operatorCaller)

      let cost = try await it.cost { _ = try await it.perform(.updateConnector(id, ["displayName": "Fraud"])) }

      #expect(cost.intent.statements == free.intent.statements)
      #expect(cost.outcome.statements == free.outcome.statements)
    }
  }

  /// One transaction records the drift and the intent of the update together.
  @Test func aDriftThatAnUpdateFindsCostsNoExtraCommit() async throws {
    try await withLedgerFile { ledger, _ in
      let directory = WatchedDirectory(inner: .sample())
      let service = ChangeService(ledger: ledger, directory: directory, locks: .patient)
      let it = Measured(service: service, ledger: ledger, watch: directory.watch)
      _ = try await it.set(Sample.newVendor)
      // The first drift also inserts a row for the unknown actor. So the test measures only the second drift.
      directory.inner.changeWithoutReflog(Sample.signup, Sample.fraudCheck)
      _ = try await it.set(Sample.newVendor)
      directory.inner.changeWithoutReflog(Sample.signup, Sample.fraudCheck)

      let cost = try await it.cost { _ = try await it.set(.none) }

      let kinds = try await ledger.history.changes(ChangeQuery(isAscending: true)).map(\.intent.kind)
      #expect(kinds == [.update, .drift, .update, .drift, .update])
      expectFew(cost)
      #expect(cost.reads == 0)
    }
  }

  private static let key = IdempotencyKey(
    keyHash: Array(repeating: 1, count: 32),
    bodyHash: Array(repeating: 2, count: 32)
  )

  private func expectFew(_ cost: Measured.Cost, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(cost.intent.commits == 1, sourceLocation: sourceLocation)
    #expect(cost.outcome.commits == 1, sourceLocation: sourceLocation)
    #expect(cost.intent.statements <= Self.ofEachTransaction + Self.ofAnIntent, sourceLocation: sourceLocation)
    #expect(cost.outcome.statements <= Self.ofEachTransaction + Self.ofAnOutcome, sourceLocation: sourceLocation)
  }

  /// Calls `body` with a service that uses an embedded directory.
  ///
  /// The same thread writes both files: the file of the ledger and the file of the directory.
  private func withEmbedded(_ body: (Measured) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let thread = WriterThread()
      let directoryStorage = try Storage(path: folder + "/directory.sqlite", kind: .directory)
      let embedded = try EmbeddedDirectory(
        storage: directoryStorage,
        thread: thread,
        newTenantID: "tenant",
        sample: true
      )
      let (ledger, storage) = try await openLedger(in: folder, thread: thread)
      let directory = WatchedLocalDirectory(inner: embedded)
      let service = ChangeService(ledger: ledger, directory: directory, locks: .patient)
      try await running(thread, directoryStorage, storage) {
        try await body(Measured(service: service, ledger: ledger, watch: directory.watch))
      }
    }
  }
}

/// Counts the commits, the SQL statements and the reads of the ledger that a change needs.
///
/// `watch` reads the ledger's counters at the moment when the service calls the directory to write. `Cost.intent`
/// counts the commits and statements up to that moment. `Cost.outcome` counts the later commits and statements.
private struct Measured {
  let service: ChangeService
  let ledger: Ledger
  let watch: Watch

  struct Cost {
    let intent: (commits: Int, statements: Int)
    let outcome: (commits: Int, statements: Int)
    let reads: Int
  }

  func set(_ reference: ConnectorReference, named key: IdempotencyKey? = nil) async throws -> Change {
    try await perform(.setReference(Sample.signup, reference), named: key)
  }

  func perform(_ action: ChangeRequest.Action, named key: IdempotencyKey? = nil) async throws -> Change {
    let request = ChangeRequest(
      action: action,
      caller: Caller(actor: Sample.operatorActor, credential: .roles([.operator])),
      reason: "CHG0042",
      correlationID: "correlation",
      requestID: "request",
      idempotencyKey: key
    )
    return try #require(try await service.perform(request).changes.first)
  }

  func cost(_ body: () async throws -> Void) async throws -> Cost {
    let before = ledger.counters
    watch.arm { [ledger] in ledger.counters }
    try await body()
    let after = ledger.counters
    let between = try #require(watch.seen)
    return Cost(
      intent: (between.commits - before.commits, between.statements - before.statements),
      outcome: (after.commits - between.commits, after.statements - between.statements),
      reads: after.reads - before.reads
    )
  }
}

/// Stores the values that the ledger's counters have at the moment when the directory receives a write.
private final class Watch: Sendable {
  typealias Counters = (commits: Int, statements: Int, reads: Int)

  private let state = Mutex<(read: (@Sendable () -> Counters)?, seen: Counters?)>((nil, nil))

  var seen: Counters? { state.withLock { $0.seen } }

  func arm(_ read: @escaping @Sendable () -> Counters) { state.withLock { $0 = (read, nil) } }

  func note() { state.withLock { $0.seen = $0.read?() } }
}

private struct WatchedDirectory: Directory {
  let inner: ScriptedDirectory
  let watch = Watch()

  var kind: DirectoryKind { inner.kind }
  var settleWindow: Duration { inner.settleWindow }
  var longestWrite: Duration { inner.longestWrite }
  var hasOwnCredential: Bool { inner.hasOwnCredential }

  func bearing(_ token: DirectoryToken) -> any Directory { inner.bearing(token) }

  func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference {
    try await inner.reference(at: address)
  }

  func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector? {
    try await inner.connector(id)
  }

  func read(_ question: DirectoryRead) async throws(DirectoryFailure) -> DirectoryResponse {
    try await inner.read(question)
  }

  func write(_ write: DirectoryWrite, correlationID: String) async -> DirectoryAnswer {
    watch.note()
    return await inner.write(write, correlationID: correlationID)
  }
}

private struct WatchedLocalDirectory: LocalDirectory {
  let inner: EmbeddedDirectory
  let watch = Watch()

  var kind: DirectoryKind { inner.kind }
  var settleWindow: Duration { inner.settleWindow }
  var longestWrite: Duration { inner.longestWrite }
  var hasOwnCredential: Bool { inner.hasOwnCredential }

  func bearing(_ token: DirectoryToken) -> any Directory { self }

  func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference {
    try await inner.reference(at: address)
  }

  func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector? {
    try await inner.connector(id)
  }

  func read(_ question: DirectoryRead) async throws(DirectoryFailure) -> DirectoryResponse {
    try await inner.read(question)
  }

  func write(_ write: DirectoryWrite, correlationID: String) async -> DirectoryAnswer {
    watch.note()
    return await inner.write(write, correlationID: correlationID)
  }

  func submit(_ write: DirectoryWrite, completion: @escaping @Sendable (DirectoryAnswer) -> Void) {
    watch.note()
    inner.submit(write, completion: completion)
  }
}
