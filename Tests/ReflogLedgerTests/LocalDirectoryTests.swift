import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests with a directory that no sweep reads. So the ledger stores the references of this directory when the server
/// starts.
struct LocalDirectoryTests {
  /// Opens a ledger as a server does, stores references, and calls `body` while the writer thread runs.
  private func start(
    in database: any TestDatabase,
    with references: [Address: ConnectorReference],
    _ body: (Ledger) async throws -> Void
  ) async throws {
    try await withLedger(in: database) { ledger, thread in
      try await ledger.remember(allReferences: references)
      try await running(thread) { try await body(ledger) }
    }
  }

  /// Expects that, according to the ledger, exactly these steps of the sign-up flow call a connector.
  private func expect(_ callers: [Address], call reference: ConnectorReference, in ledger: Ledger) async throws {
    let connector = try #require(reference.connectorID)
    let found = try await ledger.history.read { db in
      try History.callers(of: connector, in: [FlowName(of: Sample.signup)], db)
    }
    #expect(found == callers)
  }

  @Test func aStepThatWasNeverChangedIsKnownWithoutAnEntry() async throws {
    func check(_ ledger: Ledger) async throws {
      try await expect([Sample.signup], call: Sample.newVendor, in: ledger)
      try await expect([], call: Sample.fraudCheck, in: ledger)
      #expect(try await ledger.history.status().newestSequence == nil)
      #expect(try await ledger.state(of: Sample.signup).recorded?.reference == Sample.newVendor)
      #expect(try await ledger.history.addresses().isEmpty)
    }
    try await withDatabase { database in
      try await start(in: database, with: [Sample.signup: Sample.newVendor], check)
      try await start(in: database, with: [Sample.signup: Sample.newVendor], check)
    }
  }

  @Test func eachStartStoresWhatDiffers() async throws {
    try await withDatabase { database in
      let first = [Sample.signup: Sample.newVendor, Sample.attributes: Sample.newVendor]
      try await start(in: database, with: first) { _ in }
      try await start(in: database, with: [Sample.signup: Sample.fraudCheck]) { ledger in
        try await expect([], call: Sample.newVendor, in: ledger)
        try await expect([Sample.signup], call: Sample.fraudCheck, in: ledger)
        #expect(try await ledger.state(of: Sample.attributes).recorded?.reference == ConnectorReference.none)
      }
    }
  }

  /// If a step has an applied change, a different reference must later be found as a drift. So the start does not store
  /// this reference.
  @Test func aStepWithAnAppliedChangeIsLeftOut() async throws {
    try await withDatabase { database in
      try await start(in: database, with: [:]) { ledger in
        try await ledger.apply(Sample.intent(before: .none, after: Sample.newVendor))
      }
      try await start(in: database, with: [Sample.signup: Sample.fraudCheck]) { ledger in
        try await expect([Sample.signup], call: Sample.newVendor, in: ledger)
        try await expect([], call: Sample.fraudCheck, in: ledger)
      }
    }
  }

  @Test(arguments: [Sample.fraudCheck, .none])
  func aLaterChangeCountsInsteadOfTheStoredReference(after: ConnectorReference) async throws {
    try await withDatabase { database in
      try await start(in: database, with: [Sample.signup: Sample.newVendor]) { ledger in
        try await ledger.apply(Sample.intent(before: Sample.newVendor, after: after))
        try await expect([], call: Sample.newVendor, in: ledger)
        try await expect(after == Sample.fraudCheck ? [Sample.signup] : [], call: Sample.fraudCheck, in: ledger)
      }
    }
  }
}
