import Glibc

/// One transaction for several writes.
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

  /// The error that ends an attempt without savepoints, because a write changed a row and then failed.
  ///
  /// The transaction is rolled back, and an attempt with savepoints follows.
  private struct NeedsSavepoints: Error {}

  /// The pauses in milliseconds between the attempts to run a transaction that failed with a transient error.
  ///
  /// All pauses together are long enough for the restart of a database server. All other writes wait during the pauses.
  private static var transientPauses: [UInt32] { [0, 50, 200, 500, 1000, 2000] }

  private let connection: any WriteConnection
  private let session: Session

  init(_ connection: any WriteConnection, _ session: Session) {
    self.connection = connection
    self.session = session
  }

  /// Runs the writes in one transaction.
  ///
  /// - Parameters:
  ///   - writes: The writes, in order.
  ///   - items: The items that the writes will append; see ``WriteSession/begin(_:)``.
  func run(_ writes: [Write], of items: [Session.Items] = []) -> Outcome {
    // The writes can run again, because the first attempt was rolled back and had no other effect.
    func attemptTwice() -> Outcome {
      do { return try attempt(writes, items, make: makeAlone) } catch {
        do { return try attempt(writes, items, make: makeInSavepoint) } catch { return .rolledBack(error) }
      }
    }
    for pause in Self.transientPauses {
      let outcome = attemptTwice()
      guard case .rolledBack(let error as SQLError) = outcome, error.code == .transient else { return outcome.settled }
      usleep(pause * 1000)
    }
    return attemptTwice().settled
  }

  /// Runs the writes and commits the transaction, in one attempt.
  ///
  /// - Throws: ``NeedsSavepoints`` if the transaction was rolled back and must run again with savepoints.
  private func attempt(
    _ writes: [Write],
    _ items: [Session.Items],
    make: (Write) throws -> Result<Settle, any Error>
  ) throws -> Outcome {
    var results: [Result<Settle, any Error>] = []
    results.reserveCapacity(writes.count)
    do {
      try connection.begin()
      try session.begin(items)
      for write in writes { results.append(try make(write)) }
      try session.end()
    } catch {
      let outcome = rollBack(because: error)
      if error is NeedsSavepoints, case .rolledBack = outcome { throw error }
      return outcome
    }
    do {
      try connection.commit()
    } catch {
      switch error {
      case .refused(let error): return rollBack(because: error)
      case .unknown(let problem): return .unknown(problem)
      }
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
    try connection.setSavepoint()
    session.save()
    do {
      let settle = try write(session)
      try connection.releaseSavepoint()
      return .success(settle)
    } catch {
      if Self.endsTransaction(error) || !connection.isInsideTransaction { throw error }
      try connection.rollBackToSavepoint()
      session.restore()
      return .failure(Self.meaning(of: error))
    }
  }

  /// Rolls the transaction back.
  private func rollBack(because error: any Error) -> Outcome {
    do {
      // After some errors, the database has already rolled the transaction back. A second ROLLBACK would fail.
      if connection.isInsideTransaction { try connection.rollBack() }
    } catch {
      return .unknown("the transaction can't be rolled back: \(error)")
    }
    session.rolledBack()
    return .rolledBack(error)
  }

  /// Returns whether an error may have ended the whole transaction.
  private static func endsTransaction(_ error: any Error) -> Bool { (error as? SQLError)?.endsTransaction ?? false }

  /// Converts an error of the database to a ``StorageError``, and returns any other error unchanged.
  fileprivate static func meaning(of error: any Error) -> any Error {
    guard let error = error as? SQLError else { return error }
    return switch error.code {
    case .full: StorageError.diskFull
    case .busy: StorageError.locked
    default: StorageError.failed(error.message)
    }
  }
}

extension GroupCommitTransaction.Outcome {
  /// The outcome with ``StorageError`` in place of each database error, because the callers of the writes expect this
  /// type.
  fileprivate var settled: Self {
    guard case .rolledBack(let error) = self else { return self }
    return .rolledBack(GroupCommitTransaction.meaning(of: error))
  }
}
