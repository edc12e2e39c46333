import Foundation
import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests of the exact text of every message that a user can see from the ledger.
struct LedgerMessageTests {
  static let errors: [(LedgerError, String)] = [
    (
      .servesAnother(path: "reflog.sqlite", directory: "graph", tenantID: "tenant"),
      """
      reflog.sqlite serves the graph directory of tenant tenant. A ledger serves one directory and one tenant. Set \
      --database to another file.
      """
    ),
    (.busy, "Too many changes are waiting to be recorded."),
    (
      .clockBehind(by: .seconds(6)),
      "The server's clock is 6.0 seconds behind the newest entry of the ledger. Set the clock, then try again."
    ),
    (.notSupported("Use pg_dump."), "Use pg_dump."),
    (.unavailable("disk I/O error"), "The ledger can't be used: disk I/O error."),
    (
      .commitUnknown("disk I/O error"),
      "It is unknown whether the ledger recorded this: disk I/O error. Start the server again to find out."
    ),
    (
      .unusableKey(path: "reflog.sqlite.key", problem: "the file is empty"),
      "The signing key reflog.sqlite.key can't be used: the file is empty."
    ),
    (
      .keyIsUsable(path: "reflog.sqlite.key"),
      """
      The signing key reflog.sqlite.key is not lost, so it is not replaced. Start the server, and use reflog key rotate \
      to sign with a new key.
      """
    ),
    (
      .anchorMismatch(
        path: "reflog.sqlite.anchor",
        problem: "the ledger has fewer entries than the 9 that were signed"
      ),
      """
      The ledger does not match the anchor reflog.sqlite.anchor: the ledger has fewer entries than the 9 that were \
      signed. Restore the newest copy of the ledger. If this is the newest copy, start with --accept-older-ledger. \
      Reflog then gives the log a new name and records this.
      """
    ),
    (
      .foreignEntries(from: 7),
      """
      Another program wrote to the ledger's file, from entry 7 on. Reflog records and signs no more changes. Keep the \
      file as evidence, run reflog verify, and restore the newest copy.
      """
    ),
    (
      .impactTooBroad(1200, most: 1000),
      "The filter selects 1200 steps. With changes of connectors, at most 1000 steps can be searched. Name fewer flows."
    ),
    (
      .altered(Change.ID(7)),
      "Change 7 is not what was recorded: the ledger's file was altered. Run reflog verify."
    ),
    (
      .corrupt("the head of the log is missing"),
      "The ledger is damaged: the head of the log is missing. Run reflog verify."
    ),
  ]

  @Test(arguments: errors)
  func everyLedgerErrorHasItsText(error: LedgerError, message: String) {
    #expect(error.description == message)
  }

  @Test func theLedgerErrorAboutAnIllegalTransitionHasTheTransitionsMessage() {
    do {
      _ = try Change.next(.applied, .denied)
      Issue.record("the transition is legal")
    } catch {
      #expect(LedgerError(error).description == error.description)
    }
  }

  static let storageErrors: [(StorageError, String)] = [
    (.queueFull, "Too many changes are waiting to be recorded."),
    (.diskFull, "The ledger can't be used: The disk is full. Free some space, then try again."),
    (
      .locked,
      """
      The ledger can't be used: Another process or a long read uses the file. Wait until it ends, then try again.
      """
    ),
    (
      .unexpectedValue(column: "kind"),
      "The ledger is damaged: column kind holds a value that Reflog does not write. Run reflog verify."
    ),
    (
      .commitUnknown("disk I/O error"),
      "It is unknown whether the ledger recorded this: disk I/O error. Start the server again to find out."
    ),
  ]

  @Test(arguments: storageErrors)
  func anErrorOfTheStorageIsShownAsALedgerError(error: StorageError, message: String) {
    #expect(LedgerError(error).description == message)
  }

  @Test func aCancelledRequestIsShownAsALedgerError() {
    #expect(LedgerError(CancellationError()).description == "The ledger can't be used: the request was cancelled.")
  }

  static let tokenErrors: [(TokenError, String)] = [
    (
      .badName, "This name is not valid. A token's name has 1 to 128 bytes of visible characters and single spaces."
    ),
    (
      .nameConfusable(with: "ci"),
      "The name can be confused with the name of the token ci. Choose another name."
    ),
    (.nameTaken("ci"), "A token named ci exists already. A name is never used again. Choose another name."),
    (.unknownName("ci"), "There is no token named ci. List the tokens with `reflog token list`."),
  ]

  @Test(arguments: tokenErrors)
  func everyTokenErrorHasItsText(error: TokenError, message: String) {
    #expect(error.description == message)
  }

  @Test func theMessageAboutAnUnusableKeyContainsTheProblem() async throws {
    try await withTemporaryFolder { folder in
      let database = folder + "/reflog.sqlite"
      let key = database + ".key"
      let file = LogKeyFile(besideLedgerAt: database, origin: try Origin("a.example"))
      func message(_ file: LogKeyFile, isSigned: Bool = false) -> String? {
        do {
          _ = try file.find(newest: nil, isSigned: isSigned)
          return nil
        } catch {
          return error.description
        }
      }

      #expect(
        message(file, isSigned: true) == """
          The signing key \(key) can't be used: the file is missing, but the ledger was signed with it. Restore the \
          file. If the key is lost, run reflog key replace --lost.
          """
      )

      _ = try file.prepare()
      try file.install()
      #expect(message(file) == nil)
      let other = LogKeyFile(besideLedgerAt: database, origin: try Origin("b.example"))
      #expect(
        message(other) == """
          The signing key \(key) can't be used: the key belongs to another log. Restore the file. If the key is lost, \
          run reflog key replace --lost.
          """
      )

      let stored = try Data(contentsOf: URL(fileURLWithPath: key))
      func write(_ bytes: Data) throws {
        try bytes.write(to: URL(fileURLWithPath: key))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
      }
      try write(Data([0xEF, 0xBB, 0xBF]) + stored.dropLast() + Data("\r\n".utf8))
      #expect(message(file) == nil)
      try write(Data([0xFF, 0xFE]) + stored.flatMap { [$0, 0] })
      #expect(message(file) == "The signing key \(key) can't be used: it is UTF-16 text; save it as UTF-8.")
      try write(stored)

      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
      #expect(
        message(file) == """
          The signing key \(key) can't be used: other users can read the file. Remove their permissions with chmod 600.
          """
      )
    }
  }

  @Test(arguments: [
    (9, "the ledger has fewer entries than the 9 that were signed"),
    (2, "the first 2 entries of the ledger are not the entries that were signed"),
  ])
  func theMessageExplainsAnAnchorThatDoesNotMatch(size: Int64, problem: String) async throws {
    try await withLedgerFile { ledger, storage in
      for _ in 1...3 { try await ledger.record(Sample.intent(before: .none, after: .none), .found) }
      let anchor = Anchor(path: storage.path + ".anchor")
      let signed = Checkpoint(origin: try await ledger.history.origin(), size: size, root: Hash(of: []))
      try anchor.write(try signed.signed(by: ledger.signers.keys))

      let error = await #expect(throws: LedgerError.self) {
        try await anchor.check(ledger.history, keys: ledger.signers.keys.map(\.verifierKey), [], keyPath: "key")
      }

      #expect(
        error?.description == """
          The ledger does not match the anchor \(anchor.path): \(problem). Restore the newest copy of the ledger. If \
          this is the newest copy, start with --accept-older-ledger. Reflog then gives the log a new name and records \
          this.
          """
      )
    }
  }
}
