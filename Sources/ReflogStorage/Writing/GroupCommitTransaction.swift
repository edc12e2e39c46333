/// One transaction that several writes share.
///
/// At first the writes run one after another without savepoints, which would cost two statements each. Where one of them fails
/// after it has changed something, the transaction is rolled back and run again with a savepoint for each, so that the one that
/// fails is taken back alone.
struct GroupCommitTransaction<Session: WriteSession> {
  typealias Settle = @Sendable () -> Void
  typealias Write = @Sendable (Session) throws -> Settle

  enum Outcome {
    /// The transaction is durable; the writes that failed were taken back alone.
    case committed([Result<Settle, any Error>])
    /// Nothing of the transaction is left.
    case rolledBack(any Error)
    /// COMMIT failed in a way that leaves open whether it took place.
    case unknown(String)
  }

  /// Why an attempt without savepoints ended.
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

  func run(_ writes: [Write]) -> Outcome {
    do {
      return try attempt(writes, make: makeAlone)
    } catch {
      // Each write runs again from the start: it had no effect outside the transaction.
      do { return try attempt(writes, make: makeInSavepoint) } catch { return .rolledBack(Self.meaning(of: error)) }
    }
  }

  /// Throws ``NeedsSavepoints`` with nothing of the transaction left.
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

  private func rollBack(because error: any Error) -> Outcome {
    do {
      // SQLite may have ended the transaction by itself.
      if connection.isInsideTransaction { try connection.execute("ROLLBACK") }
    } catch {
      return .unknown("the transaction can't be rolled back: \(error)")
    }
    session.rolledBack()
    return .rolledBack(Self.meaning(of: error))
  }

  private static func endsTransaction(_ error: any Error) -> Bool { (error as? SQLError)?.endsTransaction ?? false }

  private static func meaning(of error: any Error) -> any Error {
    guard let error = error as? SQLError else { return error }
    return switch error.code {
    case .full: StorageError.diskFull
    case .busy: StorageError.locked
    default: StorageError.failed(error.message)
    }
  }
}
