import ReflogModel
import ReflogStorage
import ReflogTesting
import Synchronization
import Testing

@testable import ReflogLedger

/// Tests that the uses of all tokens are written together, and that the tokens stay in memory after this write.
struct TokenMemoryTests {
  /// A token database that counts its reads and its updates.
  private final class CountingDatabase: TokenDatabase {
    private let file: TokenFile
    let reads = Atomic<Int>(0)
    let updates = Atomic<Int>(0)

    init(_ file: TokenFile) { self.file = file }

    var version: UInt64? { file.version }

    func read<Value: Sendable>(
      _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
    ) async throws -> Value {
      reads.add(1, ordering: .relaxed)
      return try await file.read(body)
    }

    func write<Value: Sendable>(
      _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
    ) async throws -> Value {
      try await file.write(body)
    }

    func update(
      willCommit: @escaping @Sendable (_ version: UInt64, _ next: UInt64) -> Void,
      _ body: @escaping @Sendable (any LedgerConnection) throws -> Bool
    ) async throws {
      updates.add(1, ordering: .relaxed)
      try await file.update(willCommit: willCommit, body)
    }
  }

  private func withTokens(_ body: (TokenStore, CountingDatabase, ManualClock) async throws -> Void) async throws {
    try await withDatabaseFile { file in
      let clock = ManualClock()
      let database = CountingDatabase(try TokenFile(besideLedgerAt: file.path, creating: true))
      try await body(TokenStore(database, clock: clock.read), database, clock)
    }
  }

  @Test func theWriteOfAUseKeepsTheTokensInMemory() async throws {
    try await withTokens { tokens, database, clock in
      let text = try await tokens.create(name: "ci", role: .reader, lifetime: .seconds(3600)).text
      for _ in 1...3 {
        clock.advance(by: .seconds(60))
        #expect(try await tokens.accept(text)?.token.name == "ci")
        let version = database.version
        try await tokens.writeUses(all: false)
        #expect(database.version != version)
      }

      #expect(database.reads.load(ordering: .relaxed) == 1)
    }
  }

  @Test func oneTransactionAMinuteWritesTheUsesOfAllTokens() async throws {
    try await withTokens { tokens, database, clock in
      var texts: [String] = []
      for name in ["a", "b", "c"] {
        texts.append(try await tokens.create(name: name, role: .reader, lifetime: .seconds(3600)).text)
      }
      // Each token is used every 20 seconds, but never at the same time as another token.
      for _ in 0..<15 {
        for text in texts {
          clock.advance(by: .seconds(5))
          _ = try await tokens.accept(text)
          try await tokens.writeUses(all: false)
        }
        clock.advance(by: .seconds(5))
      }

      // The first use of each token is written immediately. After that, one transaction each minute writes the uses of
      // all tokens.
      let updates = database.updates.load(ordering: .relaxed)
      #expect((3...8).contains(updates), "\(updates) updates")
    }
  }

  private func filledMemory(_ version: UInt64) -> (TokenMemory, String) {
    let memory = TokenMemory()
    let token = APIToken(
      id: "0123456789abcdef",
      name: "ci",
      role: .reader,
      created: ManualClock.start,
      expires: .distantFuture,
      revoked: nil
    )
    memory.remember(TokenMemory.Entry(token: token, secretHash: [], use: TokenUse()), in: version)
    return (memory, token.id)
  }

  @Test func whileAnUpdateRunsATokenIsInTheOldAndTheNewVersion() {
    let (memory, id) = filledMemory(4)
    #expect(memory.token(id, in: 5) == nil)

    memory.beginUpdate(from: 4, to: 5)
    #expect(memory.token(id, in: 4) != nil && memory.token(id, in: 5) != nil && memory.token(id, in: 6) == nil)

    memory.endUpdate(isWritten: true)
    #expect(memory.token(id, in: 4) == nil && memory.token(id, in: 5) != nil && memory.token(id, in: 6) == nil)
  }

  @Test func afterAFailedUpdateTheTokensAreReadAgain() {
    let (memory, id) = filledMemory(4)
    memory.beginUpdate(from: 4, to: 5)
    memory.endUpdate(isWritten: false)

    #expect(memory.token(id, in: 4) == nil && memory.token(id, in: 5) == nil)
  }

  @Test func anUpdateOfAnotherVersionKeepsNoTokens() {
    let (memory, id) = filledMemory(3)
    memory.beginUpdate(from: 4, to: 5)
    memory.endUpdate(isWritten: true)

    #expect(memory.token(id, in: 4) == nil && memory.token(id, in: 5) == nil && memory.token(id, in: 3) != nil)
  }
}
