package import ReflogModel
import ReflogStorage

/// A file with the newest checkpoint of the log; the file is next to the ledger or, better, on another disk.
///
/// With the anchor, Reflog detects that the newest commits of the ledger are missing, or that an older copy replaced
/// the ledger's file. SQLite can't detect these two cases.
package struct Anchor: Sendable {
  package let path: String

  /// Creates the anchor at a path.
  package init(path: String) {
    self.path = path
  }

  /// Throws `anchorMismatch` if the ledger lacks entries that the anchor covers, or if the anchor is from another
  /// ledger.
  ///
  /// The signature of the anchor is checked with the current keys first. A former key is used only under two
  /// conditions: the ledger records the rotation that replaced the key, and the record of the rotation is covered by a
  /// checkpoint with the signature of a current key.
  ///
  /// - Parameters:
  ///   - history: The ledger.
  ///   - keys: The keys that sign the next checkpoint.
  ///   - rotations: The recorded rotations of the key.
  ///   - replaced: The newest replacement of a lost key, or nil if there was none. If a crash interrupted the
  ///     replacement, the anchor still has the signature of the lost key.
  ///   - keyPath: The path of the key file. If the key in this file did not sign the ledger, the error contains the
  ///     path.
  package func check(
    _ history: History,
    keys: [VerifierKey],
    _ rotations: [KeyRotation],
    replaced: KeyReplacement? = nil,
    keyPath: String
  ) async throws(LedgerError) {
    let origin = try await history.origin()
    var bytes = try read()
    if let replaced, let former = try former(replaced) {
      try compare(former, try await history.root(ofFirst: former.size))
      bytes = nil
    }
    // The anchor is checked before the ledger's own checkpoint, because the ledger can be an older copy whose
    // checkpoint was signed with a lost key. The error must then report the older copy, not the lost key.
    let anchored = bytes.flatMap { try? open($0, of: origin, keys) }
    if let anchored {
      try compare(anchored, try await history.root(ofFirst: anchored.size))
    }
    let own = try await ownCheckpoint(of: history, origin, keys, keyPath)
    // If no current key signed the anchor, perhaps a former key signed the anchor. A former key is accepted only if the
    // ledger's own checkpoint covers the rotation of this key. Without this rule, an attacker could add a rotation with
    // any key to the file.
    if let bytes, anchored == nil {
      let former = rotations.filter { rotation in own.map { rotation.sequence < $0.size } ?? false }.map(\.from)
      let checkpoint = try open(bytes, of: origin, former)
      try compare(checkpoint, try await history.root(ofFirst: checkpoint.size))
    }
  }

  /// Returns the checkpoint in the ledger after a comparison with the entries, or nil if the ledger has no checkpoint.
  private func ownCheckpoint(
    of history: History,
    _ origin: Origin,
    _ keys: [VerifierKey],
    _ keyPath: String
  ) async throws(LedgerError) -> Checkpoint? {
    guard let (size, note, _) = try await history.checkpoint() else { return nil }
    let own: Checkpoint
    do {
      own = try Checkpoint(opening: try SignedNote(parsing: Array(note.utf8)), of: origin, with: keys)
    } catch {
      if case .noKnownKey = error {
        throw .unusableKey(path: keyPath, problem: "it is not the key that signed the ledger. \(LogKeyFile.advice)")
      }
      throw .corrupt("its checkpoint failed verification: \(error)")
    }
    guard own.size == size else {
      throw .corrupt("it has \(size) entries, but its signed checkpoint covers \(own.size) entries")
    }
    guard try await history.root(ofFirst: size) == own.root else {
      throw .corrupt("its first \(own.size) entries do not match its signed checkpoint")
    }
    return own
  }

  /// Throws `anchorMismatch` if the root of the ledger's first entries differs from the root in the checkpoint.
  ///
  /// - Parameters:
  ///   - checkpoint: The checkpoint in the anchor.
  ///   - root: The root of the tree over the ledger's first entries. Their number is the number that the checkpoint
  ///     covers. The root is nil if the ledger has fewer entries.
  private func compare(_ checkpoint: Checkpoint, _ root: Hash?) throws(LedgerError) {
    guard let root else {
      throw .anchorMismatch(
        path: path,
        problem: "the ledger has fewer entries than the \(checkpoint.size) that were signed"
      )
    }
    guard root == checkpoint.root else {
      throw .anchorMismatch(
        path: path,
        problem: "the first \(checkpoint.size) entries of the ledger are not the entries that were signed"
      )
    }
  }

  /// Returns the bytes of the anchor, or nil if the file does not exist.
  private func read() throws(LedgerError) -> [UInt8]? {
    do { return try DurableFile.read(path) } catch { throw LedgerError(error) }
  }

  /// Returns the checkpoint in the anchor, without checking the signatures and the name of the log.
  ///
  /// The result is nil if the file does not exist.
  package func checkpoint() throws(LedgerError) -> Checkpoint? {
    guard let bytes = try read() else { return nil }
    do {
      return try Checkpoint(text: try SignedNote(parsing: bytes).text)
    } catch {
      throw .anchorMismatch(path: path, problem: error.description)
    }
  }

  /// Renames the anchor if a lost key signed the anchor and the replacement of this key is recorded.
  ///
  /// Call this method after the replacement was recorded. A later commit writes a new anchor, which the new key signs.
  package func putAsideFormer(_ replacement: KeyReplacement) throws(LedgerError) {
    if let anchored = try former(replacement) { _ = try putAside(anchored) }
  }

  /// Returns the checkpoint in the anchor if a lost key signed the anchor before the key was replaced.
  ///
  /// The result is nil in all other cases.
  private func former(_ replacement: KeyReplacement) throws(LedgerError) -> Checkpoint? {
    guard let bytes = try read(), let note = try? SignedNote(parsing: bytes),
      let anchored = try? Checkpoint(opening: note, of: replacement.formerOrigin, with: [replacement.formerKey]),
      anchored.size <= replacement.formerSize
    else { return nil }
    return anchored
  }

  /// Renames the anchor, and returns the new path of the anchor.
  ///
  /// The renamed anchor is kept as evidence of the signed entries.
  ///
  /// When this returns, the new name is durable.
  package func putAside(_ checkpoint: Checkpoint) throws(LedgerError) -> String {
    do { return try DurableFile.putAside(path, as: ".\(checkpoint.size)") } catch { throw LedgerError(error) }
  }

  /// Returns the checkpoint in a signed note after the signature of the note was checked.
  private func open(
    _ bytes: [UInt8],
    of origin: Origin,
    _ keys: [VerifierKey]
  ) throws(LedgerError) -> Checkpoint {
    do {
      return try Checkpoint(opening: try SignedNote(parsing: bytes), of: origin, with: keys)
    } catch {
      throw .anchorMismatch(path: path, problem: error.description)
    }
  }

  /// Replaces the anchor with a newer checkpoint.
  ///
  /// When this returns, the checkpoint is durable.
  package func write(_ note: SignedNote) throws(LedgerError) {
    do { try DurableFile.write(note.bytes, to: path) } catch { throw LedgerError(error) }
  }
}
