import GRDB
package import ReflogModel
import ReflogStorage
import Synchronization

/// Seals the entries that are not signed yet, in the transaction that appends them, so that whoever has the file but not the key can
/// put nothing there to be signed.
///
/// Until ``open(_:_:in:)`` nothing is sealed.
final class LogTail: TransactionWitness {
  private struct Guard {
    /// The key that seals what comes.
    var key: SigningKey
    /// What stands in the file; and what did before, until it is known that the transaction took place.
    var newest: LogTailRow
    var before: LogTailRow
    /// What was found wrong: then nothing more is recorded.
    var finding: LedgerError?
  }

  private let state = Mutex<Guard?>(nil)

  /// Begins to seal. Throws ``LedgerError/foreignEntries(from:)`` where entries that are not signed were not sealed with one of the
  /// keys, or a signature is gone.
  ///
  /// - Parameters:
  ///   - keys: those that sign the next checkpoint, the one in force last.
  ///   - isFirst: whether the key was made just now, and kept nowhere yet: then what is there was sealed by nobody, or under another
  ///     name, and is taken as it is.
  func open(_ keys: [SigningKey], isFirst: Bool, _ db: Database) throws {
    guard let key = keys.last else { throw LedgerError.corrupt("no key to seal entries with") }
    let (origin, size) = (try LogRows.origin(db), try LogRows.size(db))
    let signed = try LogRows.checkpoint(db)?.size ?? 0
    if !isFirst {
      if let row = try LogTailRow.read(db) {
        guard row.base == signed, row.size == size, keys.contains(where: { row.isSealed(by: $0, origin) }),
          try LogTailRow.chain(signed..<size, db) == row.chain
        else { throw LedgerError.foreignEntries(from: signed) }
      } else if size != signed {
        throw LedgerError.foreignEntries(from: signed)
      }
    }
    let row = LogTailRow(base: signed, size: size, chain: try LogTailRow.chain(signed..<size, db), key, origin)
    try row.write(db)
    state.withLock { $0 = Guard(key: key, newest: row, before: row) }
  }

  /// Seals with another key from now on.
  func seal(with key: SigningKey) {
    state.withLock { $0?.key = key }
  }

  func begin(_ db: Database) throws {
    guard let known = state.withLock({ $0 }) else { return }
    if let finding = known.finding { throw finding }
    let (row, size) = (try LogTailRow.read(db), try LogRows.size(db))
    guard let row, row == known.newest || row == known.before, row.size == size else {
      throw LedgerError.foreignEntries(from: known.newest.size)
    }
    state.withLock { $0?.newest = row }
  }

  func end(_ db: Database) throws {
    guard let known = state.withLock({ $0 }) else { return }
    // As it is by now: a signature may have moved its base.
    guard let row = try LogTailRow.read(db) else { throw LedgerError.foreignEntries(from: known.newest.size) }
    let size = try LogRows.size(db)
    guard size > row.size || row != known.newest else { return }
    let chain = try LogTailRow.chain(row.size..<size, from: row.chain, db)
    let next = LogTailRow(base: row.base, size: size, chain: chain, known.key, try LogRows.origin(db))
    try next.write(db)
    state.withLock { state in
      state?.before = known.newest
      state?.newest = next
    }
  }

  func committed() {
    state.withLock { state in
      if let newest = state?.newest { state?.before = newest }
    }
  }

  /// Begins anew behind what is signed now, in the transaction of the signature. Throws where the entries that it is over are not
  /// those that were sealed.
  ///
  /// - Parameter chain: that of the entries from the last signature on, as they were taken into the tree.
  func sign(from base: Int64, upTo size: Int64, _ chain: Hash, _ db: Database) throws {
    guard let known = state.withLock({ $0 }) else { return }
    guard let row = try LogTailRow.read(db), row.base == base,
      try LogTailRow.chain(size..<row.size, from: chain, db) == row.chain
    else {
      let finding = LedgerError.foreignEntries(from: base)
      state.withLock { $0?.finding = finding }
      throw finding
    }
    let rest = try LogTailRow.chain(size..<row.size, db)
    try LogTailRow(base: size, size: row.size, chain: rest, known.key, try LogRows.origin(db)).write(db)
  }
}

extension Ledger {
  /// Seals what is appended from now on; call it once the ledger is known to be the one that the keys signed, and before the
  /// storage's writer runs. Throws ``LedgerError/foreignEntries(from:)``.
  package func sealTail(with keys: [SigningKey], isFirst: Bool) throws(LedgerError) {
    do {
      try storage.setUp { db in try tail.open(keys, isFirst: isFirst, db) }
    } catch {
      throw LedgerError(error)
    }
    writer.work(before: tail)
  }

  /// Seals with another key from now on.
  package func sealTail(with key: SigningKey) { tail.seal(with: key) }
}
