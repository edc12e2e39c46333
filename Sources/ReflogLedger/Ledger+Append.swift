package import ReflogModel
import ReflogStorage

extension Ledger {
  /// Appends a group in one transaction.
  ///
  /// When this method returns, the whole group is durable. If this method throws ``LedgerError/commitUnknown(_:)``, it
  /// is unknown whether the group was recorded. After any other error, no part of the group was recorded.
  ///
  /// - Parameters:
  ///   - group: The group to append.
  ///   - reservingOutcome: Whether to reserve a slot in the writer's queue for the outcomes of the group's changes. If
  ///     the group is recorded, call ``settle(_:seen:)`` to use the slot, or ``releaseOutcome()`` to release
  ///     the slot.
  package func append(_ group: Group, reservingOutcome: Bool = false) async throws(LedgerError) -> Appended {
    let acceptsClock = acceptsClock
    let appended: Appended
    do {
      appended = try await writer.write(reservingOutcome ? .ordinaryReservingNext : .ordinary, of: group) { session in
        try session.append(group, acceptsClock: acceptsClock)
      }
    } catch {
      throw LedgerError(error)
    }
    if reservingOutcome { releaseUnlessRecorded(appended) }
    return appended
  }

  /// Settles several pending changes by the same `Change.Event`, in the slot that ``append(_:reservingOutcome:)``
  /// reserved.
  ///
  /// When this returns, the outcomes are durable.
  package func settle(
    _ pending: [Change],
    by event: Change.Event,
    settledBy settler: Change.Settler,
    seen: [Observation] = []
  ) async throws(LedgerError) -> [Change] {
    try await settle(pending.map { Group.Settlement($0, by: event, settledBy: settler) }, seen: seen)
  }

  /// Records the directory's answers to pending changes, in the slot that ``append(_:reservingOutcome:)`` reserved.
  ///
  /// When this returns, the outcomes are durable.
  ///
  /// - Parameters:
  ///   - settlements: The changes, each with the directory's answer.
  ///   - seen: The observations to store together with the outcomes.
  /// - Returns: The settled changes.
  package func settle(
    _ settlements: [Group.Settlement],
    seen: [Observation] = []
  ) async throws(LedgerError) -> [Change] {
    let group = Group(settlements: settlements, seen: seen)
    do {
      return try await writer.write(.reserved, of: group) { session in try session.settledChanges(of: group) }
    } catch {
      throw LedgerError(error)
    }
  }

  /// Releases the slot that an append reserved for outcomes.
  package func releaseOutcome() {
    writer.releaseSlot()
  }

  /// The result of the method ``carryOut(_:by:)``.
  package enum CarriedOut: Sendable {
    /// The group and the directory's answer are recorded.
    case settled([Change], DirectoryAnswer)
    /// The group is recorded, but the directory's answer is not recorded.
    case unsettled([Change], LedgerError)
    /// The group was refused, so no write was sent to the directory.
    case refused(Appended)
  }

  /// Appends a group, sends the write to the directory after the group is durable, and records the directory's answer.
  ///
  /// Use this method for a directory that answers on the writer's thread. Then all steps run on the writer's thread.
  /// When this method returns ``CarriedOut/settled(_:_:)``, the answer is durable. If it is unknown whether the
  /// directory made the write, the changes are kept pending.
  ///
  /// - Parameters:
  ///   - group: The group to append.
  ///   - write: A function that sends the write to the directory. The parameter of this function is a closure, which
  ///     the function must call with the directory's answer.
  package func carryOut(
    _ group: Group,
    by write: @escaping @Sendable (@escaping @Sendable (DirectoryAnswer) -> Void) -> Void
  ) async throws(LedgerError) -> CarriedOut {
    let (writer, acceptsClock) = (writer, acceptsClock)
    do {
      return try await withCheckedThrowingContinuation { continuation in
        writer.submit(.ordinaryReservingNext, of: group) { session in
          try session.append(group, acceptsClock: acceptsClock)
        } completion: { appended in
          // If the server crashes here, the intents are durable and pending, and no write was sent to the directory.
          switch appended {
          case .failure(let error): continuation.resume(throwing: error)
          case .success(.recorded(_, let drafts)):
            let pending = drafts.filter { $0.result == .pending }
            write { answer in
              // If the server crashes here, it is unknown whether the directory made the write. After the restart, the
              // reconciler reads the directory to find out the result.
              guard !pending.isEmpty, !answer.isUnknown else {
                writer.releaseSlot()
                return continuation.resume(returning: .settled(pending, answer))
              }
              let settlements = pending.map { Group.Settlement($0, by: .answered(answer), settledBy: .request) }
              let group = Group(settlements: settlements)
              writer.submit(.reserved, of: group) {
                try $0.settledChanges(of: group)
              } completion: { settled in
                switch settled {
                case .success(let changes): continuation.resume(returning: .settled(changes, answer))
                case .failure(let error): continuation.resume(returning: .unsettled(pending, LedgerError(error)))
                }
              }
            }
          case .success(let refused):
            writer.releaseSlot()
            continuation.resume(returning: .refused(refused))
          }
        }
      }
    } catch {
      throw LedgerError(error)
    }
  }

  /// Records service events in one transaction.
  ///
  /// When this returns, the events are durable. If the clock is behind the newest entry, the events get the time of the
  /// newest entry.
  package func record(_ events: [ServiceEvent.Content]) async throws(LedgerError) {
    guard !events.isEmpty else { return }
    _ = try await append(Group(events: events))
  }

  /// Stores observations from conclusive reads of the directory, and replaces earlier observations of the same
  /// addresses and connectors.
  package func remember(_ observations: [Observation]) async throws(LedgerError) {
    guard !observations.isEmpty else { return }
    _ = try await append(Group(seen: observations))
  }

  /// Records the result of a sweep: the parts of the directory that the sweep could not read.
  ///
  /// If the sweep could read the whole directory, the current time is recorded as the time of the last complete sweep.
  package func rememberSweep(_ unread: UnreadParts) async throws(LedgerError) {
    try await write { session in try ObservationRows.record(unread, at: session.time, session.connection) }
  }

  /// Runs one write in one transaction.
  ///
  /// When this returns, the write is durable.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (LedgerSession) throws -> Value
  ) async throws(LedgerError) -> Value {
    do { return try await writer.write { try body($0) } } catch { throw LedgerError(error) }
  }

  /// Releases the slot for outcomes if the group was refused.
  private func releaseUnlessRecorded(_ appended: Appended) {
    switch appended {
    case .recorded: return
    case .repeated, .pending, .moved, .frozen: writer.releaseSlot()
    }
  }
}

extension LedgerSession {
  /// Appends settlements in the reserved slot, and returns the settled changes.
  fileprivate func settledChanges(of group: Group) throws -> [Change] {
    guard case .recorded(let settled, _) = try append(group, acceptsClock: true) else {
      throw LedgerError.corrupt("the outcomes of pending changes were refused")
    }
    return settled
  }
}
