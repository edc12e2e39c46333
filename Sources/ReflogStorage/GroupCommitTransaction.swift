import GRDB

/// One transaction that several writes share, each in a savepoint of its own.
enum GroupCommitTransaction {
  typealias Settlement = @Sendable () -> Void

  enum Outcome: Sendable {
    /// The transaction is durable; the writes that failed were taken back alone.
    case committed([Result<Settlement, any Error>])
    /// Nothing of the transaction is left.
    case rolledBack(StorageError)
    /// COMMIT failed in a way that leaves open whether it took place.
    case unknown(String)
  }

  static func run(
    _ writes: [@Sendable (Database) throws -> Settlement],
    before witness: (any TransactionWitness)?,
    in db: Database
  ) -> Outcome {
    do {
      try db.execute(sql: "BEGIN IMMEDIATE")
    } catch {
      return .rolledBack(meaning(of: error))
    }
    var results: [Result<Settlement, any Error>] = []
    do {
      try witness?.begin(db)
      for write in writes { results.append(try runInSavepoint(write, db)) }
      try witness?.end(db)
    } catch {
      return rollBack(db, because: error)
    }
    do {
      try db.execute(sql: "COMMIT")
    } catch {
      let error = meaning(of: error)
      guard case .diskFull = error else { return .unknown(error.description) }
      return rollBack(db, because: error)
    }
    witness?.committed()
    return .committed(results)
  }

  /// Throws only where the transaction as a whole can't go on: SQLite may have rolled it back already.
  private static func runInSavepoint(
    _ write: @Sendable (Database) throws -> Settlement,
    _ db: Database
  ) throws -> Result<Settlement, any Error> {
    try db.execute(sql: "SAVEPOINT write")
    do {
      let settlement = try write(db)
      try db.execute(sql: "RELEASE write")
      return .success(settlement)
    } catch {
      let concernsAll = (error as? DatabaseError).map { endsTransaction($0.resultCode) } ?? false
      guard db.isInsideTransaction, !concernsAll else { throw error }
      try db.execute(sql: "ROLLBACK TO write; RELEASE write")
      return .failure((error as? DatabaseError).map { meaning(of: $0) } ?? error)
    }
  }

  private static func rollBack(_ db: Database, because error: any Error) -> Outcome {
    do {
      // SQLite may have ended the transaction by itself.
      if db.isInsideTransaction { try db.execute(sql: "ROLLBACK") }
      return .rolledBack(meaning(of: error))
    } catch {
      return .unknown("the transaction can't be rolled back: \(error)")
    }
  }

  /// Errors after which SQLite may roll the whole transaction back (sqlite.org/lang_transaction.html).
  private static func endsTransaction(_ code: ResultCode) -> Bool {
    [.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_BUSY, .SQLITE_INTERRUPT, .SQLITE_CORRUPT].contains(code)
  }

  private static func meaning(of error: any Error) -> StorageError {
    switch error {
    case let error as StorageError: error
    case let error as DatabaseError:
      switch error.resultCode {
      case .SQLITE_FULL: .diskFull
      case .SQLITE_BUSY, .SQLITE_LOCKED: .locked
      default: .failed(error.message ?? "\(error.resultCode)")
      }
    default: .failed("\(error)")
    }
  }
}
