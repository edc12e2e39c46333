import ReflogLedger
import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

struct DamageTests {
  /// A read that fails must end its SQL statement.
  ///
  /// Otherwise the database connection would continue to read an old state of the file.
  @Test func anUnreadableRowDoesNotKeepReadersAtAnOldState() async throws {
    try await withLedgerFile { ledger, storage in
      for _ in 0..<3 {
        try await ledger.record(Sample.intent(before: .none, after: Sample.fraudCheck), .found)
      }
      try editByHand(storage.path, "UPDATE change SET kind = 'nonsense' WHERE id = 2")

      for _ in 0..<12 { await #expect(throws: LedgerError.self) { try await ledger.history.change(Change.ID(2)) } }
      for number in 4..<16 {
        try await ledger.record(Sample.intent(before: .none, after: .none), .found)
        let newest = try await ledger.history.newestID()?.number
        #expect(newest == Int64(number))
      }
    }
  }
}
