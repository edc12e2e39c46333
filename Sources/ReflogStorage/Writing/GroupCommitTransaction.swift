/// One transaction that several writes share.
///
/// The first attempt runs the writes without savepoints, because a savepoint needs two more SQL statements for each
/// write. If a write changes a row and then fails, the transaction is rolled back. The second attempt runs each write
/// in a savepoint, and rolls back only the write that fails.
struct GroupCommitTransaction<Session: WriteSession> {
  /// Completes a write when its transaction is durable.
  typealias Settle = @Sendable () -> Void
  /// Runs a write, and returns the closure that completes the write.
  typealias Write = @Sendable (Session) throws -> Settle

  /// The result of a transaction.
  enum Outcome {
    /// The transaction is durable, and contains all writes that did not fail.
    ///
    /// Only the failed writes were rolled back.
    case committed([Result<Settle, any Error>])
    /// The whole transaction was rolled back.
    case rolledBack(any Error)
    /// COMMIT failed, and it is unknown whether the transaction was written.
    case unknown(String)
  }

  /// The attempt without savepoints was rolled back, so an attempt with savepoints is needed.
  private struct NeedsSavepoints: Error {}

  private let connection: Connection
  private let session: Session
  private let begin: Statement
  private let commit: Statement

  init(_ connection: Connection, _ session: Session) throws {
    self.connection = connection
    self.session = session
    begin = try connection.prepare("BEGIN IMMEDIATE")
    commit = try connection.prepare("COMMIT")
  }

  /// Runs the writes in one transaction.
  func run(_ writes: [Write]) -> Outcome {
    do {
      return try attempt(writes, make: makeAlone)
    } catch {
      // The writes had no effect outside the transaction that was rolled back, so each write can run again.
      do { return try attempt(writes, make: makeInSavepoint) } catch { return .rolledBack(Self.meaning(of: error)) }
    }
  }

  /// Runs the writes once.
  ///
  /// - Throws: ``NeedsSavepoints`` after the transaction was rolled back.
  private func attempt(
    _ writes: [Write],
    make: (Write) throws -> Result<Settle, any Error>
  ) throws -> Outcome {
    var results: [Result<Settle, any Error>] = []
    results.reserveCapacity(writes.count)
    do {
      try begin.run()
      try session.begin()
      for write in writes { results.append(try make(write)) }
      try session.end()
    } catch {
      let outcome = rollBack(because: error)
      if error is NeedsSavepoints, case .rolledBack = outcome { throw error }
      return outcome
    }
    do {
      try commit.run()
    } catch {
      guard error.code == .full else { return .unknown(error.description) }
      return rollBack(because: error)
    }
    session.committed()
    return .committed(results)
  }

  /// Runs a write without a savepoint.
  private func makeAlone(_ write: Write) throws -> Result<Settle, any Error> {
    let before = connection.allChangedRowCount
    do {
      return .success(try write(session))
    } catch {
      if Self.endsTransaction(error) || !connection.isInsideTransaction { throw error }
      guard connection.allChangedRowCount == before else { throw NeedsSavepoints() }
      return .failure(Self.meaning(of: error))
    }
  }

  /// Runs a write in a savepoint.
  ///
  /// If the write fails, only that write is rolled back.
  private func makeInSavepoint(_ write: Write) throws -> Result<Settle, any Error> {
    try connection.execute("SAVEPOINT write")
    session.save()
    do {
      let settle = try write(session)
      try connection.execute("RELEASE write")
      return .success(settle)
    } catch {
      if Self.endsTransaction(error) || !connection.isInsideTransaction { throw error }
      try connection.execute("ROLLBACK TO write")
      try connection.execute("RELEASE write")
      session.restore()
      return .failure(Self.meaning(of: error))
    }
  }

  /// Rolls the transaction back.
  private func rollBack(because error: any Error) -> Outcome {
    do {
      // After some errors, SQLite has already rolled the transaction back. Then `ROLLBACK` would fail.
      if connection.isInsideTransaction { try connection.execute("ROLLBACK") }
    } catch {
      return .unknown("the transaction can't be rolled back: \(error)")
    }
    session.rolledBack()
    return .rolledBack(Self.meaning(of: error))
  }

  /// Returns whether an error may have ended the whole transaction.
  private static func endsTransaction(_ error: any Error) -> Bool { (error as? SQLError)?.endsTransaction ?? false }

  /// Converts an error of SQLite to a ``StorageError``, and returns any other error unchanged.
  private static func meaning(of error: any Error) -> any Error {
    guard let error = error as? SQLError else { return error }
    return switch error.code {
    case .full: StorageError.diskFull
    case .busy: StorageError.locked
    default: StorageError.failed(error.message)
    }
  }
}
