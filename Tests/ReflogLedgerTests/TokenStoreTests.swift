import Foundation
import ReflogLedger
import ReflogModel
import ReflogTesting
import Testing

extension TokenStore {
  /// Returns the valid token with this text, or nil if there is none.
  fileprivate func authenticate(_ text: String) async throws -> APIToken? { try await accept(text)?.token }
}

struct TokenStoreTests {
  private func withTokens(
    _ body: (TokenStore, ManualClock, any TestDatabase) async throws -> Void
  ) async throws {
    try await withDatabase { database in
      let clock = ManualClock()
      // In PostgreSQL, a write to the tokens locks a row that is created when the ledger is opened the first time.
      try await withLedger(in: database) { _, _ in }
      try await body(try database.tokens(clock: clock.read), clock, database)
    }
  }

  private func withTokenFile(_ body: (TokenStore, ManualClock, String) async throws -> Void) async throws {
    try await withDatabaseFile { file in
      let clock = ManualClock()
      try await body(try file.tokens(clock: clock.read), clock, file.path)
    }
  }

  @Test func aTokenIsValidUntilItExpires() async throws {
    try await withTokens { tokens, clock, _ in
      let (token, text) = try await tokens.create(name: "ci", role: .operator, lifetime: .seconds(60))

      #expect(try await tokens.authenticate(text)?.id == token.id)
      clock.advance(by: .seconds(60))
      #expect(try await tokens.authenticate(text) == nil)
    }
  }

  @Test(arguments: [0o640, 0o604, 0o660, 0o601])
  func tokensThatOtherUsersCanAccessAreNotOpened(mode: Int) async throws {
    try await withTokenFile { _, clock, path in
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path + ".tokens")

      let error = #expect(throws: (any Error).self) { try TokenStore(besideLedgerAt: path, clock: clock.read) }

      #expect(
        error.map { "\($0)" } == """
          \(path).tokens can't be used: other users have permissions on this file. Remove these permissions with chmod 600.
          """
      )
    }
  }

  @Test func aRevokedTokenIsNotValid() async throws {
    try await withTokens { tokens, _, _ in
      let text = try await tokens.create(name: "ci", role: .reader, lifetime: .seconds(60)).text

      try await tokens.revoke(name: "ci")

      #expect(try await tokens.authenticate(text) == nil)
      await #expect(throws: TokenError.self) { try await tokens.revoke(name: "other") }
    }
  }

  /// The server must reject a token immediately after the command line has revoked the token.
  ///
  /// The command line is a separate process, and the server still has the token in memory.
  @Test func aTokenThatAnotherProcessRevokesIsNotValidAtOnce() async throws {
    // With PostgreSQL, the token is valid for another second, so this test is for files only.
    try await withTokenFile { tokens, clock, path in
      let other = try TokenStore(besideLedgerAt: path, clock: clock.read)
      let text = try await tokens.create(name: "ci", role: .reader, lifetime: .seconds(60)).text
      for _ in 1...2 { #expect(try await tokens.authenticate(text)?.name == "ci") }

      try await tokens.writeUses(all: true)
      #expect(try await tokens.authenticate(text)?.name == "ci")
      try await other.revoke(name: "ci")

      #expect(try await tokens.authenticate(text) == nil)
    }
  }

  @Test func aTokenThatAnotherProcessMakesIsValidAtOnce() async throws {
    try await withTokens { tokens, clock, database in
      let other = try database.tokens(clock: clock.read)
      let first = try await tokens.create(name: "ci", role: .reader, lifetime: .seconds(60)).text
      #expect(try await tokens.authenticate(first) != nil)

      let second = try await other.create(name: "cd", role: .operator, lifetime: .seconds(60)).text

      #expect(try await tokens.authenticate(second)?.role == .operator)
      #expect(try await tokens.authenticate(first)?.role == .reader)
    }
  }

  @Test func aTokenInTheMemoryIsValidOnlyWithItsSecret() async throws {
    try await withTokens { tokens, _, _ in
      let text = try await tokens.create(name: "ci", role: .reader, lifetime: .seconds(60)).text
      #expect(try await tokens.authenticate(text) != nil)

      let wrong = String(text.dropLast()) + (text.hasSuffix("0") ? "1" : "0")

      #expect(try await tokens.authenticate(wrong) == nil)
      #expect(try await tokens.authenticate(text) != nil)
    }
  }

  @Test func aWrongSecretIsNotValid() async throws {
    try await withTokens { tokens, _, _ in
      let text = try await tokens.create(name: "ci", role: .reader, lifetime: .seconds(60)).text
      let other = try await tokens.create(name: "cd", role: .reader, lifetime: .seconds(60)).text
      let mixed = text.split(separator: "_")[1] + "_" + other.split(separator: "_")[2]

      for wrong in ["", "reflog", "reflog_" + mixed, text + "0", String(text.dropLast()), text.uppercased()] {
        #expect(try await tokens.authenticate(wrong) == nil)
      }
    }
  }

  @Test func theLastUseIsWrittenOnceAMinuteAndWhenTheServerStops() async throws {
    try await withTokens { tokens, clock, database in
      func written() async throws -> Timestamp? {
        try await database.tokens(clock: clock.read).tokens().first?.lastUsed
      }
      let text = try await tokens.create(name: "ci", role: .metrics, lifetime: .seconds(3600)).text
      #expect(try await tokens.tokens().first?.lastUsed == nil)

      let first = clock.read()
      _ = try await tokens.authenticate(text)
      #expect(try await tokens.tokens().first?.lastUsed == first)
      #expect(try await written() == nil)
      try await tokens.writeUses(all: false)
      #expect(try await written() == first)

      clock.advance(by: .seconds(59))
      _ = try await tokens.authenticate(text)
      try await tokens.writeUses(all: false)
      #expect(try await written() == first)
      try await tokens.writeUses(all: true)
      #expect(try await written() == clock.read())

      clock.advance(by: .seconds(60))
      _ = try await tokens.authenticate(text)
      try await tokens.writeUses(all: false)
      #expect(try await written() == clock.read())
    }
  }

  @Test func aRefusedTokenIsNotUsed() async throws {
    try await withTokens { tokens, clock, _ in
      let text = try await tokens.create(name: "ci", role: .reader, lifetime: .seconds(60)).text
      _ = try await tokens.authenticate(String(text.dropLast()) + (text.hasSuffix("0") ? "1" : "0"))
      clock.advance(by: .seconds(60))
      _ = try await tokens.authenticate(text)

      #expect(try await tokens.tokens().first?.lastUsed == nil)
    }
  }

  @Test func aTokenExpiresSoonInTheLastFourteenDaysBeforeItsExpiry() async throws {
    try await withTokens { tokens, clock, _ in
      let day = Duration.seconds(86_400)
      var text = ""
      for (name, days) in [("gone", 1), ("other", 30), ("ci", 15)] {
        text = try await tokens.create(name: name, role: .reader, lifetime: day * days).text
      }
      clock.advance(by: day - .seconds(1))
      #expect(try await tokens.validTokens().expiring.map(\.name) == ["gone"])
      #expect(try await tokens.accept(text)?.expiresSoon == false)
      clock.advance(by: .seconds(1))
      #expect(try await tokens.validTokens().expiring.map(\.name) == ["ci"])
      #expect(try await tokens.accept(text)?.expiresSoon == true)
      try await tokens.revoke(name: "ci")
      #expect(try await tokens.validTokens().expiring.isEmpty)
      #expect(try await tokens.validTokens().all.map(\.name) == ["other"])
    }
  }

  @Test func theNameOfATokenIsNeverUsedAgain() async throws {
    try await withTokens { tokens, _, _ in
      _ = try await tokens.create(name: "ci", role: .reader, lifetime: .seconds(60))

      await #expect(throws: TokenError.self) {
        try await tokens.create(name: "ci", role: .admin, lifetime: .seconds(60))
      }
    }
  }

  @Test func aNameIsStoredTrimmedAndALookAlikeNameIsRefused() async throws {
    try await withTokens { tokens, _, _ in
      #expect(try await tokens.create(name: " ci ", role: .reader, lifetime: .seconds(60)).token.name == "ci")
      try await tokens.revoke(name: "ci")

      for other in ["CI", "с\u{456}", "ｃｉ"] {
        await #expect(throws: TokenError.nameConfusable(with: "ci")) {
          try await tokens.create(name: other, role: .admin, lifetime: .seconds(60))
        }
      }
      #expect(try await tokens.tokens().map(\.name) == ["ci"])
    }
  }

  @Test func theSecretIsNotStored() async throws {
    try await withTokenFile { tokens, _, path in
      let text = try await tokens.create(name: "ci", role: .reader, lifetime: .seconds(60)).text
      let secret = text.split(separator: "_")[2]

      let dump = try sqlite3(path + ".tokens", ".dump")

      #expect(dump.contains("'ci'"))
      #expect(!dump.contains(secret))
    }
  }
}
