import Foundation
import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests that a log continues under a new name after its signing key was lost.
struct LostKeyTests {
  private static let intent = Sample.intent(before: .none, after: Sample.fraudCheck)

  /// The contents of a key file with which a start is refused, and the problem that the error must contain.
  ///
  /// The content is nil if the file is missing. No file contains the key that signed the ledger.
  private static let states: [(content: String?, problem: String)] = [
    (nil, "the file is missing, but the ledger was signed with it."), ("", "it does not have the form PRIVATE"),
    ("nonsense", "it does not have the form PRIVATE"), ("another log", "the key belongs to another log."),
    ("another key", "it is not the key that signed the ledger."), ("folder", "the file can't be read."),
  ]

  @Test(arguments: states)
  func theStartReportsALostKeyAndANewKeyContinuesTheLog(content: String?, problem: String) async throws {
    try await withSignedLedger { folder, old in
      let path = folder + "/reflog.sqlite"
      try Self.write(content, to: path + ".key", old)
      let storage = try Storage(path: path, kind: .ledger)
      let anchor = Anchor(path: path + ".anchor")

      let error = await #expect(throws: LedgerError.self) { try await Self.keys(storage, anchor) }
      #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
      #expect(error?.description.hasSuffix("If the key is lost, run reflog key replace --lost.") == true)

      let replaced = try await LostKey(of: SQLiteLedger(storage), anchor: anchor).replace(because: "disk failure") {
        Timestamp(microseconds: 1_800_000_000_000_000)
      }

      #expect(replaced.formerOrigin.text == old.verifierKey.identity.name.text)
      #expect(replaced.formerSize == 2)
      #expect(replaced.origin.text.hasPrefix(replaced.formerOrigin.text + "-"))
      let keys = try await Self.keys(storage, anchor)
      #expect(keys.map(\.verifierKey) == [replaced.key])
      #expect(!FileManager.default.fileExists(atPath: path + ".anchor"))
      #expect(FileManager.default.fileExists(atPath: path + ".anchor.2"))
      #expect(FileManager.default.fileExists(atPath: path + ".key.old") == (content != nil))
      try await expectBothPartsVerify(storage, old, replaced)
      try storage.close()
    }
  }

  @Test func anExistingKeyIsNotReplaced() async throws {
    try await withSignedLedger { folder, old in
      let path = folder + "/reflog.sqlite"
      try Data((old.secretText + "\n").utf8).write(to: URL(filePath: path + ".key"))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path + ".key")
      let storage = try Storage(path: path, kind: .ledger)

      let error = await #expect(throws: LedgerError.self) {
        try await LostKey(of: SQLiteLedger(storage), anchor: Anchor(path: path + ".anchor")).replace(because: "x") {
          Timestamp(microseconds: 0)
        }
      }

      guard case .keyIsUsable = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      try storage.close()
    }
  }

  /// A ledger without all of its signed entries is refused, even if its key is lost.
  @Test func anOlderCopyIsNotSignedWithANewKey() async throws {
    try await withSignedLedger { folder, old in
      let path = folder + "/reflog.sqlite"
      let storage = try Storage(path: path, kind: .ledger)
      let origin = try await History(of: storage).origin()
      let newer = Checkpoint(origin: origin, size: 9, root: MerkleTree.emptyRoot)
      try Anchor(path: path + ".anchor").write(try newer.signed(by: [old]))

      let error = await #expect(throws: LedgerError.self) {
        try await LostKey(of: SQLiteLedger(storage), anchor: Anchor(path: path + ".anchor")).replace(because: "x") {
          Timestamp(microseconds: 0)
        }
      }

      guard case .anchorMismatch = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      try storage.close()
    }
  }

  @Test func aReplacementIsFinishedAfterACrash() async throws {
    try await withSignedLedger { folder, old in
      let path = folder + "/reflog.sqlite"
      let storage = try Storage(path: path, kind: .ledger)
      let anchor = Anchor(path: path + ".anchor")
      let oldAnchor = try Data(contentsOf: URL(filePath: anchor.path))
      let replaced = try await LostKey(of: SQLiteLedger(storage), anchor: anchor).replace(because: "x") {
        Timestamp(microseconds: 1_800_000_000_000_000)
      }

      // The test restores the state after a crash: the file of the new key is not renamed yet, and the anchor is the
      // old anchor.
      try FileManager.default.moveItem(atPath: path + ".key", toPath: path + ".key.next")
      try Self.write("another log", to: path + ".key", old)
      try oldAnchor.write(to: URL(filePath: anchor.path))

      #expect(try await Self.keys(storage, anchor).map(\.verifierKey) == [replaced.key])
      #expect(!FileManager.default.fileExists(atPath: path + ".key.next"))
      try storage.close()
    }
  }

  /// Calls `body` with the folder of a closed ledger, and with the key that signed the ledger.
  ///
  /// The ledger has two entries and an anchor.
  private func withSignedLedger(_ body: (String, SigningKey) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let thread = WriterThread()
      let (ledger, storage) = try await openLedger(in: folder, thread: thread)
      let key = try await Sample.signingKey(of: ledger)
      try await running(thread, storage) {
        for _ in 1...2 { try await ledger.record(Self.intent, .found) }
        let note = try #require(try await ledger.history.checkpoint()).note
        try Anchor(path: storage.path + ".anchor").write(try SignedNote(parsing: Array(note.utf8)))
      }
      try await body(folder, key)
    }
  }

  /// Writes a key file for one of `states`: the file does not contain the key that signed the ledger.
  private static func write(_ content: String?, to path: String, _ old: SigningKey) throws {
    guard let content else { return }
    let seed = Array(repeating: UInt8(9), count: SigningKey.seedByteCount)
    guard content != "folder" else {
      return try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }
    let text =
      switch content {
      case "another log": try SigningKey(name: KeyName("other.example"), seed: seed).secretText
      case "another key": try SigningKey(name: old.verifierKey.identity.name, seed: seed).secretText
      default: content
      }
    try Data(text.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
  }

  /// Finds the keys and checks the anchor in the same order as the start of a server.
  private static func keys(_ storage: Storage, _ anchor: Anchor) async throws -> [SigningKey] {
    let history = History(of: storage)
    let file = LogKeyFile(besideLedgerAt: storage.path, origin: try await history.origin())
    let rotations = try await history.keyRotations()
    let replaced = try await history.keyReplacements().last
    let found = try file.find(newest: rotations.last?.to, replaced: replaced?.key, isSigned: true)
    let keys = try file.keys(found)
    try await anchor.check(
      history,
      keys: keys.map(\.verifierKey),
      rotations,
      replaced: replaced,
      keyPath: storage.path + ".key"
    )
    try file.keep(keys, of: found)
    if let replaced { try anchor.putAsideFormer(replaced) }
    return keys
  }

  /// Expects that a verification compares the entries with checkpoints of the log's former name and of its new name.
  private func expectBothPartsVerify(_ storage: Storage, _ old: SigningKey, _ replaced: KeyReplacement) async throws {
    let history = History(of: storage)
    func checkpoint(_ size: Int64, root: Hash) throws -> LogVerification.ExpectedCheckpoint {
      let former = Checkpoint(origin: replaced.formerOrigin, size: size, root: root)
      return .init(source: "former", note: try former.signed(by: [old]).bytes)
    }
    func report(_ claims: LogVerification.ExpectedCheckpoint...) async throws -> LedgerReport {
      let keys = [old.verifierKey, replaced.key]
      return try await LedgerVerification(of: history, keys: keys, against: claims).run { _ in }
    }
    let one = try #require(try await history.root(ofFirst: 1))

    let good = try await report(try checkpoint(1, root: one), try checkpoint(2, root: replaced.formerRoot))
    #expect(good.isClean, "\(good.findings) \(good.log.findings)")
    #expect(good.log.confirmedSize == 3)
    let other = try await report(try checkpoint(2, root: one))
    #expect(!other.log.findings.isEmpty)
    let later = try await report(try checkpoint(3, root: one))
    #expect(later.log.findings == [.beyondFormerPart(source: "former", size: 3, formerSize: 2)])
  }
}
