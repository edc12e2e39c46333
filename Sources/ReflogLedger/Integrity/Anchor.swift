package import ReflogModel
import ReflogStorage

/// The newest checkpoint in a file beside the ledger, better on another disk: SQLite alone does not notice that its newest
/// commits are gone, or that an older copy was put in its place.
package struct Anchor: Sendable {
  package let path: String

  package init(path: String) {
    self.path = path
  }

  /// Throws `anchorMismatch` where the ledger is shorter than the anchored one, or another.
  ///
  /// Whose word counts begins with the keys that sign now: what the ledger says of others counts as far as those have signed it.
  ///
  /// - Parameters:
  ///   - keys: those that sign the next checkpoint.
  ///   - rotations: what the ledger says of those that did before.
  package func check(
    _ history: History,
    keys: [VerifierKey],
    _ rotations: [KeyRotation]
  ) async throws(LedgerError) {
    let (origin, bytes) = (try await history.origin(), try read())
    // First, since an older copy may have been signed by a key that is gone.
    let anchored = bytes.flatMap { try? open($0, of: origin, keys) }
    if let anchored {
      try compare(anchored, try await history.root(ofFirst: anchored.size))
    }
    let own = try await ownCheckpoint(of: history, origin, keys)
    // A former key's word about the anchor is held against the entries, and vouches for nothing that came after it.
    if let bytes, anchored == nil {
      let former = rotations.filter { rotation in own.map { rotation.sequence < $0.size } ?? false }.map(\.from)
      let checkpoint = try open(bytes, of: origin, former)
      try compare(checkpoint, try await history.root(ofFirst: checkpoint.size))
    }
  }

  /// The checkpoint in the ledger itself, which holds for its entries; nothing before the first.
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
      throw .corrupt("a checkpoint that is not this log's: \(error)")
    }
    guard own.size == size else {
      throw .corrupt("\(size) for the size of a checkpoint that was signed for \(own.size) entries")
    }
    guard try await history.root(ofFirst: size) == own.root else {
      throw .corrupt("entries that are not those its own checkpoint of \(own.size) was signed over")
    }
    return own
  }

  private func compare(_ checkpoint: Checkpoint, _ root: Hash?) throws(LedgerError) {
    guard let root else {
      throw .anchorMismatch(path: path, problem: "it has fewer than the \(checkpoint.size) entries that were signed")
    }
    guard root == checkpoint.root else {
      throw .anchorMismatch(path: path, problem: "its first \(checkpoint.size) entries are not those that were signed")
    }
  }

  private func read() throws(LedgerError) -> [UInt8]? {
    do { return try DurableFile.read(path) } catch { throw LedgerError(error) }
  }

  /// The checkpoint in it, whatever log it is of and whoever signed it; nothing where there is none.
  package func checkpoint() throws(LedgerError) -> Checkpoint? {
    guard let bytes = try read() else { return nil }
    do {
      return try Checkpoint(text: try SignedNote(parsing: bytes).text)
    } catch {
      throw .anchorMismatch(path: path, problem: error.description)
    }
  }

  /// Moves it out of the way, as evidence of what was signed. Returns where it is once that is durable.
  package func putAside(_ checkpoint: Checkpoint) throws(LedgerError) -> String {
    do { return try DurableFile.putAside(path, as: ".\(checkpoint.size)") } catch { throw LedgerError(error) }
  }

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

  /// Puts a checkpoint in place of the older one. When this returns, it is durable.
  package func write(_ note: SignedNote) throws(LedgerError) {
    do { try DurableFile.write(note.bytes, to: path) } catch { throw LedgerError(error) }
  }
}
