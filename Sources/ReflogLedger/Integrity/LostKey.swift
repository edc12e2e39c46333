package import ReflogModel
import ReflogStorage

/// Replaces the lost key of a ledger while no server uses the ledger.
///
/// The lost key can't sign a rotation to a new key, so the log gets a new name. The first entry under the new name
/// records the size and the root of the part of the log that the lost key signed.
package struct LostKey: Sendable {
  private let store: any LedgerStore
  private let history: History
  private let path: String
  private let anchor: Anchor

  /// Prepares the replacement of the key of an open ledger; no file is changed yet.
  ///
  /// - Parameters:
  ///   - store: The ledger.
  ///   - path: The path of the key file without its ending, or nil if the key file is next to the ledger's file.
  ///   - anchor: The anchor of the ledger.
  package init(of store: any LedgerStore, filesAt path: String? = nil, anchor: Anchor) {
    self.store = store
    self.anchor = anchor
    history = History(reader: store.changeReader)
    self.path = path ?? store.name
  }

  /// Replaces the key, and returns the record of the replacement.
  ///
  /// When this returns, the replacement is recorded and signed with the new key, and the new key is in the key file.
  /// The files of the old key and of the old anchor are kept under other names. If the process ends earlier, the next
  /// start of the server does the remaining work.
  ///
  /// - Throws: ``LedgerError/keyIsUsable(path:)`` if the key file has the key that signed the ledger.
  package func replace(because reason: String, clock: @escaping WallClock) async throws(LedgerError) -> KeyReplacement {
    guard let signed = try await history.checkpoint() else { throw .keyIsUsable(path: path + ".key") }
    let (origin, signer): (Origin, VerifierKey)
    do { (origin, signer) = (try await history.origin(), try VerifierKey(signed.key)) } catch {
      throw LedgerError(error)
    }
    let rotations = try await history.keyRotations()
    let keyFile = LogKeyFile(besideLedgerAt: path, origin: origin)
    guard !keyFile.hasKey(signer, newest: rotations.last?.to) else { throw .keyIsUsable(path: path + ".key") }
    // The file must contain the ledger that the lost key signed, and not an older copy of this ledger. So the head row
    // is verified here, and then the anchor is checked.
    try await history.read { db in
      let head = try LedgerHead(db)
      try head.verifyEnd(db)
      try head.verify(of: origin, with: [signer])
    }
    try await anchor.check(history, keys: [signer], rotations, keyPath: path + ".key")
    let checkpoint: Checkpoint
    do { checkpoint = try Checkpoint(text: SignedNote(parsing: Array(signed.note.utf8)).text) } catch {
      throw LedgerError(error)
    }
    let new = try Ledger.origin(after: checkpoint)
    // If the process ends after the next line, the new key is stored but not used. The next call replaces the stored
    // key.
    let key = try LogKeyFile(besideLedgerAt: path, origin: new).prepare()
    let replacement = KeyReplacement(
      event: 0,
      time: clock(),
      formerOrigin: origin,
      formerSize: checkpoint.size,
      formerRoot: checkpoint.root,
      origin: new,
      formerKey: signer,
      key: key.verifierKey,
      reason: reason
    )
    try record(replacement, signedBy: key, clock: clock)
    try LogKeyFile(besideLedgerAt: path, origin: new).replaceFormer()
    try anchor.putAsideFormer(replacement)
    return replacement
  }

  /// Records a replacement in one transaction, which is signed with the new key.
  private func record(
    _ replacement: KeyReplacement,
    signedBy key: SigningKey,
    clock: @escaping WallClock
  ) throws(LedgerError) {
    let context = LedgerContext(once: key, clock: clock)
    do {
      try store.setUp { db, rows in
        // The caller verified the head row with the lost key, so the signature is not checked again.
        let session = try LedgerSession(db, rows, context, isTrusted: true)
        try session.begin([])
        try session.record(replacement.content)
        try session.rename(to: replacement.origin)
        try session.end()
      }
    } catch {
      throw LedgerError(error)
    }
  }
}
