package import ReflogLedger
package import ReflogModel
package import ReflogService
package import ReflogStorage

/// Sample values for tests.
///
/// All values come from valid literals. An invalid literal stops the test process with a message.
package enum Sample {
  /// A step of the sign-up flow.
  package static let signup = address("b2cUserFlows/B2C_1_signup/postFederationSignup")
  /// Another step of the sign-up flow.
  package static let attributes = address("b2cUserFlows/B2C_1_signup/postAttributeCollection")
  /// The connector that the sign-up step calls at the start of a test.
  package static let fraudCheck = connector("3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01", "Fraud check")
  /// Another connector.
  package static let newVendor = connector("8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602", "Fraud check (new vendor)")
  /// An operator with an API token.
  package static let operatorActor = Change.Actor(
    type: .token,
    id: "0123456789abcdef",
    name: "deploy",
    ipAddress: "127.0.0.1",
    proof: .apiToken
  )

  /// Returns the address that a text contains.
  ///
  /// The text must be valid.
  package static func address(_ text: String) -> Address {
    guard let address = Address(text) else { preconditionFailure("\(text) is no address") }
    return address
  }

  /// Returns a reference to the connector with this id.
  ///
  /// The id must be valid.
  package static func connector(_ text: String, _ displayName: String) -> ConnectorReference {
    guard let id = ConnectorID(text) else { preconditionFailure("\(text) is no id") }
    return .connector(id, displayName: displayName)
  }

  /// Returns the key that signs a ledger in tests.
  ///
  /// Ledgers with the same log name have the same key.
  package static func signingKey(of ledger: Ledger) async throws -> SigningKey {
    let seed = Array(repeating: UInt8(7), count: SigningKey.seedByteCount)
    return try SigningKey(name: try await ledger.history.origin().keyName(), seed: seed)
  }

  /// Returns an intent to change a step, by default the sign-up step.
  package static func intent(
    before: ConnectorReference,
    after: ConnectorReference,
    at address: Address = signup,
    by actor: Change.Actor = operatorActor,
    kind: Change.Kind = .update
  ) -> Change.Intent {
    Change.Intent(
      subject: .step(address),
      kind: kind,
      before: before,
      after: after,
      actor: actor,
      reason: "CHG0042",
      requestID: "request"
    )
  }
}

/// Calls `body` while a writer thread runs, then stops the thread and closes its files.
///
/// If the thread ended with an error, the thread's error is thrown. Otherwise an error of `body` is thrown.
@discardableResult
package func running<Value: Sendable>(
  _ thread: WriterThread,
  _ files: Storage...,
  body: () async throws -> Value
) async throws -> Value {
  async let writing: Void = thread.run()
  let result: Result<Value, any Error>
  do { result = .success(try await body()) } catch { result = .failure(error) }
  thread.close()
  let end: Result<Void, any Error>
  do { end = .success(try await writing) } catch { end = .failure(error) }
  for file in files { try file.close() }
  try end.get()
  return try result.get()
}

/// Opens the ledger in a folder and adds a key that signs its log.
///
/// A new ledger is created if the folder has no ledger.
package func openLedger(
  in folder: String,
  thread: WriterThread,
  directory: DirectoryKind = .embedded,
  clock: ManualClock = ManualClock()
) async throws -> (ledger: Ledger, storage: Storage) {
  let storage = try Storage(path: folder + "/reflog.sqlite", kind: .ledger)
  let ledger = try Ledger(
    store: SQLiteLedger(storage),
    thread: thread,
    directory: directory,
    tenantID: "tenant",
    clock: clock.read
  )
  ledger.signers.add(try await Sample.signingKey(of: ledger))
  return (ledger, storage)
}

/// Calls `body` with an empty ledger in a SQLite file, and with the open file.
@discardableResult
package func withLedgerFile<Value: Sendable>(
  of directory: DirectoryKind = .embedded,
  clock: ManualClock = ManualClock(),
  _ body: (Ledger, Storage) async throws -> Value
) async throws -> Value {
  try await withTemporaryFolder { folder in
    let thread = WriterThread()
    let (ledger, storage) = try await openLedger(in: folder, thread: thread, directory: directory, clock: clock)
    return try await running(thread, storage) { try await body(ledger, storage) }
  }
}

/// Calls `body` with an empty ledger in the database that the tests use; see ``withDatabase(_:)``.
@discardableResult
package func withLedger<Value: Sendable>(
  of directory: DirectoryKind = .embedded,
  clock: ManualClock = ManualClock(),
  _ body: (Ledger) async throws -> Value
) async throws -> Value {
  try await withLedgerDatabase(of: directory, clock: clock) { ledger, _ in try await body(ledger) }
}

/// Calls `body` with an empty ledger, and with the database of the ledger.
@discardableResult
package func withLedgerDatabase<Value: Sendable>(
  of directory: DirectoryKind = .embedded,
  clock: ManualClock = ManualClock(),
  _ body: (Ledger, any TestDatabase) async throws -> Value
) async throws -> Value {
  try await withDatabase { database in
    try await withLedger(in: database, of: directory, clock: clock) { ledger, thread in
      try await running(thread) { try await body(ledger, database) }
    }
  }
}

/// Opens the ledger in a database as a service does at its start, and closes the ledger after `body`.
///
/// The ledger records nothing until `body` runs the writer thread.
@discardableResult
package func withLedger<Value>(
  in database: any TestDatabase,
  of directory: DirectoryKind = .embedded,
  clock: ManualClock = ManualClock(),
  _ body: (Ledger, WriterThread) async throws -> Value
) async throws -> Value {
  try await database.withStore { store in
    let thread = WriterThread()
    let ledger = try Ledger(
      store: store,
      thread: thread,
      directory: directory,
      tenantID: "tenant",
      clock: clock.read
    )
    ledger.signers.add(try await Sample.signingKey(of: ledger))
    return try await body(ledger, thread)
  }
}

/// A service with a scripted directory.
///
/// At the start, the sign-up step calls the fraud check.
package struct ServiceFixture: Sendable {
  package let service: ChangeService
  package let ledger: Ledger
  package let directory: ScriptedDirectory
  /// The database of the ledger.
  package let database: any TestDatabase

  /// The ledger's history.
  package var history: History { ledger.history }

  /// Sets the reference of a step, and returns the change.
  package func set(
    _ reference: ConnectorReference,
    at address: Address = Sample.signup,
    as role: Role = .operator
  ) async throws -> Change {
    let receipt = try await service.perform(request(.setReference(address, reference), as: role))
    guard let change = receipt.changes.first else { throw ServiceError.busy("no change was recorded") }
    return change
  }

  /// Rolls a change back, and returns the rollback.
  package func rollBack(_ id: Change.ID, force: Bool = false) async throws -> Change {
    let receipt = try await service.perform(request(.rollBack(id, permitting: force ? .all : .none)))
    guard let change = receipt.changes.first else { throw ServiceError.changeNotFound(id) }
    return change
  }

  /// Returns a request from the sample actor with a role, by default the operator role.
  package func request(
    _ action: ChangeRequest.Action,
    as role: Role = .operator,
    named key: IdempotencyKey? = nil,
    override: String? = nil
  ) -> ChangeRequest {
    ChangeRequest(
      action: action,
      caller: Caller(actor: Sample.operatorActor, credential: .roles([role])),
      reason: "CHG0042",
      correlationID: "correlation",
      requestID: "request",
      idempotencyKey: key,
      override: override
    )
  }
}

extension KeyedLock {
  /// A keyed lock with a waiting time of one hour, so requests do not time out on a busy machine.
  package static var patient: KeyedLock { KeyedLock(limits: Limits(perKey: 1000, total: 4000, wait: .seconds(3600))) }
}

/// Calls `body` with a service that uses a new ledger and a new scripted directory.
@discardableResult
package func withService<Value: Sendable>(
  locks: KeyedLock = .patient,
  clock: ManualClock = ManualClock(),
  settleWindow: Duration = .zero,
  longestWrite: Duration = .zero,
  reads: ReadBudget? = nil,
  _ body: (ServiceFixture) async throws -> Value
) async throws -> Value {
  let directory = ScriptedDirectory.sample(settleWindow: settleWindow, longestWrite: longestWrite)
  return try await withLedgerDatabase(of: directory.kind, clock: clock) { ledger, database in
    let service = ChangeService(ledger: ledger, directory: directory, locks: locks, reads: reads)
    return try await body(
      ServiceFixture(service: service, ledger: ledger, directory: directory, database: database)
    )
  }
}

extension ScriptedDirectory {
  /// A directory with three steps. The sign-up step calls the fraud check.
  package static func sample(settleWindow: Duration = .zero, longestWrite: Duration = .zero) -> ScriptedDirectory {
    let names = [Sample.fraudCheck, Sample.newVendor].compactMap { reference in
      reference.connectorID.map { ($0, reference.displayName ?? "") }
    }
    return ScriptedDirectory(
      references: [
        Sample.signup: Sample.fraudCheck, Sample.attributes: .none,
        Sample.address("b2cUserFlows/B2C_1_signup/preTokenIssuance"): .none,
      ],
      connectors: Dictionary(uniqueKeysWithValues: names),
      settleWindow: settleWindow,
      longestWrite: longestWrite
    )
  }
}
