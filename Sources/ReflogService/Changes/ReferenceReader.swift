import ReflogLedger
import ReflogModel

/// Compares a reference that was read from the directory with the reference in the ledger.
struct ReferenceReader: Sendable {
  let ledger: Ledger
  let directory: any Directory

  /// The reference at an address before a change, and the state of the ledger at that address.
  struct Found: Sendable {
    let address: Address
    /// The reference that was read from the directory, or the ledger's reference if the read is stale.
    let reference: ConnectorReference
    /// The change that must be recorded before any other change at the address, or nil if there is no such change.
    ///
    /// The change is a drift, or an effect of the deletion of a connector.
    let drift: Group.Draft?
    /// The newest applied change at the address, or nil if the address has none.
    let newestApplied: Change?
    /// The newest effective change at the address, or nil if the address has none.
    let newestEffective: Change?
  }

  /// Returns the state of an address in the ledger.
  func state(of address: Address) async throws(ServiceError) -> AddressState {
    do { return try await ledger.state(of: address) } catch { throw ServiceError(reading: error) }
  }

  /// Compares a read of the directory with the ledger, and decides which reference the address holds.
  ///
  /// Within the settle window, a read may be stale. If the read is stale, the result contains the ledger's reference.
  /// In all other cases, the result contains the reference that was read. If the ledger contains a different reference,
  /// the result also contains the change to record: see `Found.drift`. If the read did not show the reference, the
  /// result contains the reference `unknown` and no change to record.
  func judge(
    _ read: ConnectorReference,
    at address: Address,
    requestID: String,
    by settler: Change.Settler
  ) async throws(ServiceError) -> Found {
    let state = try await state(of: address)
    guard let recorded = state.recorded, read != .unknown else { return found(read, at: address, nil, state) }
    let recent = recorded.reference == read ? [] : try await recentWrites(at: address)
    switch ReadAssessment(found: read, recorded: recorded.reference, recent: recent) {
    case .asRecorded: return found(read, at: address, nil, state)
    case .stale: return found(recorded.reference, at: address, nil, state)
    case .drift:
      if let effect = try await effectOfDeletion(at: address, from: recorded, to: read, state, settler) {
        return found(read, at: address, effect, state)
      }
      let drift = Self.drift(at: address, from: recorded, to: read, state.newestEffective, requestID, settler)
      return found(read, at: address, drift, state)
    }
  }

  private func found(
    _ reference: ConnectorReference,
    at address: Address,
    _ drift: Group.Draft?,
    _ state: AddressState
  ) -> Found {
    Found(
      address: address,
      reference: reference,
      drift: drift,
      newestApplied: state.newestApplied,
      newestEffective: state.newestEffective
    )
  }

  /// Returns whether a read of an address is conclusive.
  ///
  /// A read is conclusive if no change is pending at the address, and if the last write is older than the settle
  /// window.
  func isConclusive(at address: Address) async throws(ServiceError) -> Bool {
    let state = try await state(of: address)
    guard state.pending == nil else { return false }
    return try await recentWrites(at: address).isEmpty
  }

  /// Returns the writes at an address within the settle window, because a read possibly does not show these writes yet.
  private func recentWrites(at address: Address) async throws(ServiceError) -> [RecentWrite] {
    guard directory.settleWindow > .zero else { return [] }
    let since = ledger.now.before(directory.settleWindow)
    do { return try await ledger.recentWrites(at: address, since: since) } catch { throw ServiceError(reading: error) }
  }

  /// Returns the change to record if Reflog deleted the connector that the step called.
  ///
  /// The result is nil if Reflog did not delete the connector.
  ///
  /// When a connector is deleted, Microsoft Graph also removes the connector from all steps that call the connector. So
  /// the request for the deletion also caused the change of the step. That change is not a drift, and has the actor,
  /// the reason and the ids of that request.
  private func effectOfDeletion(
    at address: Address,
    from recorded: RecordedReference,
    to found: ConnectorReference,
    _ state: AddressState,
    _ settler: Change.Settler
  ) async throws(ServiceError) -> Group.Draft? {
    guard found == .none, let connector = recorded.reference.connectorID else { return nil }
    let since = state.newestApplied?.intentSequence ?? -1
    let changes: [Change]
    do {
      changes = try await ledger.history.changes(of: connector, after: since)
    } catch {
      throw ServiceError(reading: error)
    }
    guard let deletion = changes.last(where: { $0.result == .applied && $0.after == .none }) else { return nil }
    let intent = Change.Intent(
      subject: .step(address),
      kind: .update,
      before: recorded.reference,
      after: .none,
      actor: deletion.intent.actor,
      reason: deletion.intent.reason,
      correlationID: deletion.intent.correlationID,
      requestID: deletion.intent.requestID
    )
    return Group.Draft(intent, .connectorDeleted(deletion.id), settledBy: settler)
  }

  /// Returns the drift from the recorded reference to the reference that was found.
  ///
  /// If the address again holds the reference from before Reflog's newest effective change, the directory did not keep
  /// that change. Then the drift is recorded as `notKept`.
  private static func drift(
    at address: Address,
    from recorded: RecordedReference,
    to found: ConnectorReference,
    _ newest: Change?,
    _ requestID: String,
    _ settler: Change.Settler
  ) -> Group.Draft {
    let intent = Change.Intent(
      subject: .step(address),
      kind: .drift,
      before: recorded.reference,
      after: found,
      actor: .unknown,
      requestID: requestID,
      lastVerifiedDateTime: recorded.lastSeen
    )
    let isOwn = newest?.intent.kind == .update || newest?.intent.kind == .rollback
    guard let newest, isOwn, newest.intent.before == found else {
      return Group.Draft(intent, .found, settledBy: settler)
    }
    return Group.Draft(intent, .notKept(newest.id), settledBy: settler)
  }
}
