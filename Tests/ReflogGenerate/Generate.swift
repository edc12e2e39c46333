import ArgumentParser
import Foundation
import ReflogDirectory
import ReflogLedger
import ReflogModel
import ReflogStorage
import ReflogTesting

/// Creates a ledger with many changes by calling the code that records real changes.
///
/// The same seed always creates the same history.
@main
struct Generate: AsyncParsableCommand {
  /// The start of the history: 2023-01-01T00:00:00Z.
  private static let beginning = Timestamp(microseconds: 1_672_531_200_000_000)
  /// The time between the first and the last change: three years for any number of changes.
  private static let span = Duration.seconds(3 * 365 * 86_400)
  private static let tenantID = "5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a"

  @Option(help: "How many changes.")
  var changes = 10_000

  @Option(help: "The seed of the random numbers.")
  var seed: UInt64 = 1

  @Option(help: "Of 1,000 changes, how many edit a connector.")
  var edits = 0

  @Flag(help: "Create an embedded directory with the sample tenant. Without this flag, the ledger belongs to Graph.")
  var embedded = false

  @Argument(help: "The ledger's file. It must not exist.")
  var database: String

  func run() async throws {
    guard !FileManager.default.fileExists(atPath: database) else {
      throw ValidationError("\(database) exists already. Name a new file.")
    }
    let clock = ManualClock(at: Self.beginning)
    let thread = WriterThread()
    let storage = try Storage(path: database, kind: .ledger)
    let ledger = try Ledger(
      store: SQLiteLedger(storage),
      thread: thread,
      directory: embedded ? .embedded : .graph,
      tenantID: Self.tenantID,
      clock: clock.read
    )
    try await makeKey(for: ledger)
    if embedded { try makeDirectory() }
    let step = Self.span / Double(changes / GeneratedTenant.batch + 1)
    let start = ContinuousClock.now
    try await running(thread, storage) {
      var tenant = GeneratedTenant(seed: seed, edits: edits)
      var made = 0
      while made < changes {
        clock.advance(by: step)
        let batch = tenant.batch(of: min(GeneratedTenant.batch, changes - made))
        try await record(batch, in: ledger, clock, &tenant)
        made += batch.count
        if made % 100_000 < batch.count { say("\(made) changes after \(ContinuousClock.now - start)") }
      }
    }
    say("\(changes) changes in \(ContinuousClock.now - start)")
  }

  /// Records a batch in the same order as the server: first all intents, then the outcomes of the pending changes.
  private func record(
    _ batch: [GeneratedTenant.Attempt],
    in ledger: Ledger,
    _ clock: ManualClock,
    _ tenant: inout GeneratedTenant
  ) async throws {
    let recorded = try await ledger.record(batch.map { Group.Draft($0.intent, $0.birth) })
    clock.advance(by: .milliseconds(180))
    let pending = recorded.filter { $0.result == .pending }
    for group in [pending.prefix(pending.count / 2), pending.dropFirst(pending.count / 2)] where !group.isEmpty {
      let response = DirectoryResponse(httpStatus: 204, requestID: tenant.requestID())
      let event = Change.Event.answered(.applied(response))
      let settlements = group.map { Group.Settlement($0, by: event, settledBy: .request) }
      _ = try await ledger.append(Group(settlements: settlements))
    }
  }

  /// Creates the key that signs the log.
  ///
  /// The key file is created in the ledger's folder, because the server reads the key file there.
  private func makeKey(for ledger: Ledger) async throws {
    let keyFile = LogKeyFile(besideLedgerAt: database, origin: try await ledger.history.origin())
    let found = try keyFile.find(newest: nil, isSigned: false)
    let keys = try keyFile.keys(found)
    try keyFile.keep(keys, of: found)
    for key in keys { ledger.signers.add(key) }
  }

  /// Creates the file of the embedded directory.
  ///
  /// The directory has the sample tenant, but none of the flows of the generated history.
  private func makeDirectory() throws {
    let storage = try Storage(path: LedgerFiles(database: database).directory, kind: .directory)
    // This thread never runs, because nothing is written to the directory later.
    let unused = WriterThread()
    _ = try EmbeddedDirectory(storage: storage, thread: unused, newTenantID: Self.tenantID, sample: true)
    try storage.close()
  }

  private func say(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
