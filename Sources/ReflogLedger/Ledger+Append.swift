package import ReflogModel
import ReflogStorage

extension Ledger {
  /// Appends a group in one transaction. When this returns, it is durable, or nothing of it is.
  ///
  /// - Parameter reservingOutcome: reserves the place for the outcomes of its intents, which ``settle(_:by:settledBy:)`` uses or
  ///   ``releaseOutcome()`` gives back; only where the group is recorded.
  package func append(_ group: Group, reservingOutcome: Bool = false) async throws(LedgerError) -> Appended {
    let acceptsClock = acceptsClock
    let appended: Appended
    do {
      appended = try await writer.write(reservingOutcome ? .ordinaryReservingNext : .ordinary) { session in
        try session.append(group, acceptsClock: acceptsClock)
      }
    } catch {
      throw LedgerError(error)
    }
    if reservingOutcome { releaseUnlessRecorded(appended) }
    return appended
  }

  /// Records what the directory answered to pending changes, in the place that ``append(_:reservingOutcome:)`` reserved. When this
  /// returns, it is durable.
  package func settle(
    _ pending: [Change],
    by event: Change.Event,
    settledBy settler: Change.Settler
  ) async throws(LedgerError) -> [Change] {
    let group = Group(settlements: pending.map { Group.Settlement($0, by: event, settledBy: settler) })
    do {
      return try await writer.write(.reserved) { session in try session.settledChanges(of: group) }
    } catch {
      throw LedgerError(error)
    }
  }

  /// Gives back the place that an append reserved for outcomes.
  package func releaseOutcome() {
    writer.releasePlace()
  }

  /// What came of a group that was carried out.
  package enum CarriedOut: Sendable {
    /// The group is on record, and so is what the directory answered.
    case settled([Change], DirectoryAnswer)
    /// The group is on record, but what the directory answered is not.
    case unsettled([Change], LedgerError)
    /// The group is not on record, and the directory was not asked.
    case refused(Appended)
  }

  /// Appends a group, has the directory carry it out once that is durable, and records the answer: all on the writer's thread, for a
  /// directory that answers there.
  ///
  /// When this returns, the answer is durable; a change whose answer is unknown stays pending.
  ///
  /// - Parameter write: asks the directory, and hands its answer to the function that it is given.
  package func carryOut(
    _ group: Group,
    by write: @escaping @Sendable (@escaping @Sendable (DirectoryAnswer) -> Void) -> Void
  ) async throws(LedgerError) -> CarriedOut {
    let (writer, acceptsClock) = (writer, acceptsClock)
    do {
      return try await withCheckedThrowingContinuation { continuation in
        writer.submit(.ordinaryReservingNext) { session in
          try session.append(group, acceptsClock: acceptsClock)
        } completion: { appended in
          // A crash here: the intents are durable and pending, and the directory was not asked.
          switch appended {
          case .failure(let error): continuation.resume(throwing: error)
          case .success(.recorded(_, let drafts)):
            let pending = drafts.filter { $0.result == .pending }
            write { answer in
              // A crash here: the directory did it or not, and the reconciler finds out which.
              if case .unknown = answer {
                writer.releasePlace()
                return continuation.resume(returning: .settled(pending, answer))
              }
              let settlements = pending.map { Group.Settlement($0, by: .answered(answer), settledBy: .request) }
              let group = Group(settlements: settlements)
              writer.submit(.reserved) {
                try $0.settledChanges(of: group)
              } completion: { settled in
                switch settled {
                case .success(let changes): continuation.resume(returning: .settled(changes, answer))
                case .failure(let error): continuation.resume(returning: .unsettled(pending, LedgerError(error)))
                }
              }
            }
          case .success(let refused):
            writer.releasePlace()
            continuation.resume(returning: .refused(refused))
          }
        }
      }
    } catch {
      throw LedgerError(error)
    }
  }

  /// Records what happened to Reflog itself, in one transaction. When this returns, it is durable.
  ///
  /// A clock that is behind does not stop it: what is recorded is then dated as the newest entry.
  package func record(_ events: [ServiceEvent.Content]) async throws(LedgerError) {
    guard !events.isEmpty else { return }
    _ = try await append(Group(events: events))
  }

  /// Remembers what conclusive reads of the directory showed, in place of what was seen there before.
  package func remember(_ observations: [Observation]) async throws(LedgerError) {
    guard !observations.isEmpty else { return }
    _ = try await append(Group(seen: observations))
  }

  /// Remembers that a sweep has just read everything.
  package func rememberFinishedSweep() async throws(LedgerError) {
    try await write { session in try ObservationRows.recordFinishedSweep(at: session.time, session.connection) }
  }

  /// Makes one write in a transaction at the moment it is. When this returns, it is durable.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (LedgerSession) throws -> Value
  ) async throws(LedgerError) -> Value {
    do { return try await writer.write { try body($0) } } catch { throw LedgerError(error) }
  }

  private func releaseUnlessRecorded(_ appended: Appended) {
    switch appended {
    case .recorded: return
    case .repeated, .pending, .moved: writer.releasePlace()
    }
  }
}

extension LedgerSession {
  /// Appends settlements, and returns the changes as they are then.
  fileprivate func settledChanges(of group: Group) throws -> [Change] {
    guard case .recorded(let settled, _) = try append(group, acceptsClock: true) else {
      throw LedgerError.corrupt("settlements that were refused")
    }
    return settled
  }
}
