package import ReflogModel
import ReflogStorage

/// The newest checkpoint, in a file next to the ledger or, better, on another disk.
///
/// SQLite alone does not notice that its newest commits are missing or that an older copy replaced the file.
package struct Anchor: Sendable {
  package let path: String

  /// Creates the anchor at a path.
  package init(path: String) {
    self.path = path
  }

  /// Throws `anchorMismatch` if the ledger is shorter than the anchored one, or is another ledger.
  ///
  /// The check begins with the keys that sign at present. What the ledger records of former keys counts only if the
  /// present keys have signed it.
  ///
  /// - Parameters:
  ///   - history: The ledger.
  ///   - keys: The keys that sign the next checkpoint.
  ///   - rotations: The recorded rotations of the key.
  package func check(
    _ history: History,
    keys: [VerifierKey],
    _ rotations: [KeyRotation]
  ) async throws(LedgerError) {
    let (origin, bytes) = (try await history.origin(), try read())
    // This is first, because an older copy may have been signed by a key that is lost.
    let anchored = bytes.flatMap { try? open($0, of: origin, keys) }
    if let anchored {
      try compare(anchored, try await history.root(ofFirst: anchored.size))
    }
    let own = try await ownCheckpoint(of: history, origin, keys)
    // If a former key signed the anchor, the anchor is compared with the entries. It vouches for no later entry.
    if let bytes, anchored == nil {
      let former = rotations.filter { rotation in own.map { rotation.sequence < $0.size } ?? false }.map(\.from)
      let checkpoint = try open(bytes, of: origin, former)
      try compare(checkpoint, try await history.root(ofFirst: checkpoint.size))
    }
  }

  /// Returns the ledger's own checkpoint after it was checked against the entries, or nil before the first checkpoint.
  private func ownCheckpoint(
    of history: History,
    _ origin: Origin,
    _ keys: [VerifierKey]
  ) async throws(LedgerError) -> Checkpoint? {
    guard let (size, note, _) = try await history.checkpoint() else { return nil }
    let own: Checkpoint
    do {
      own = try Checkpoint(opening: try SignedNote(parsing: Array(note.utf8)), of: origin, with: keys)
    } catch {
      throw .corrupt("its checkpoint is not one of this log: \(error)")
    }
    guard own.size == size else {
      throw .corrupt("it counts \(size) entries, but its checkpoint was signed for \(own.size)")
    }
    guard try await history.root(ofFirst: size) == own.root else {
      throw .corrupt("its first \(own.size) entries are not those that its checkpoint was signed for")
    }
    return own
  }

  /// Throws unless the root of the ledger's first entries is that of the checkpoint; nil means that there are fewer.
  private func compare(_ checkpoint: Checkpoint, _ root: Hash?) throws(LedgerError) {
    guard let root else {
      throw .anchorMismatch(path: path, problem: "it has fewer than the \(checkpoint.size) signed entries")
    }
    guard root == checkpoint.root else {
      throw .anchorMismatch(path: path, problem: "its first \(checkpoint.size) entries are not the signed ones")
    }
  }

  /// Returns the bytes of the anchor, or nil if the file does not exist.
  private func read() throws(LedgerError) -> [UInt8]? {
    do { return try DurableFile.read(path) } catch { throw LedgerError(error) }
  }

  /// Returns the checkpoint in the anchor, of any log and with any signature, or nil if the file does not exist.
  package func checkpoint() throws(LedgerError) -> Checkpoint? {
    guard let bytes = try read() else { return nil }
    do {
      return try Checkpoint(text: try SignedNote(parsing: bytes).text)
    } catch {
      throw .anchorMismatch(path: path, problem: error.description)
    }
  }

  /// Renames the anchor to keep it as evidence of what was signed, and returns its new path.
  ///
  /// When this returns, the new name is durable.
  package func putAside(_ checkpoint: Checkpoint) throws(LedgerError) -> String {
    do { return try DurableFile.putAside(path, as: ".\(checkpoint.size)") } catch { throw LedgerError(error) }
  }

  /// Returns the checkpoint in a signed note after its signature was checked.
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
