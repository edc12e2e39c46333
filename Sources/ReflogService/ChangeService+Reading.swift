import ReflogLedger
import ReflogModel

extension ChangeService {
  /// What stands at an address, given what a read of the directory found. Under the turn of the address.
  ///
  /// Within the settle window a read may be stale, and then the ledger's value is what stands. Otherwise what is found
  /// is the truth; where the ledger thought otherwise, somebody went round Reflog, and a `drift` is recorded.
  func standing(
    _ found: ConnectorReference,
    at address: Address,
    requestID: String
  ) async throws(ServiceError) -> ConnectorReference {
    guard let recorded = try await recorded(at: address) else { return found }
    switch try await reading(found, at: address, against: recorded) {
    case .asRecorded:
      return found
    case .stale:
      return recorded.reference
    case .drift:
      try await record(try await drift(at: address, from: recorded, to: found, requestID: requestID, by: .request))
      return found
    }
  }

  /// What stands at an address, and whether somebody went round Reflog. Records nothing, and needs no turn.
  func look(at address: Address) async throws(ServiceError) -> (standing: ConnectorReference, isDrifted: Bool) {
    let found: ConnectorReference
    do { found = try await directory.reference(at: address) } catch { throw ServiceError(beforeSending: error) }
    guard let recorded = try await recorded(at: address) else { return (found, false) }
    return switch try await reading(found, at: address, against: recorded) {
    case .asRecorded: (found, false)
    case .stale: (recorded.reference, false)
    case .drift: (found, true)
    }
  }

  private func reading(
    _ found: ConnectorReference,
    at address: Address,
    against recorded: RecordedReference
  ) async throws(ServiceError) -> Reading {
    let recent = recorded.reference == found ? [] : try await changesWithinWindow(at: address)
    return Reading(found: found, recorded: recorded.reference, recent: recent)
  }

  /// The changes whose writes may have reached the address so lately that a read may not show them yet.
  func changesWithinWindow(at address: Address) async throws(ServiceError) -> [Change] {
    let window = directory.settleWindow
    guard window > .zero else { return [] }
    do {
      // More changes than a window ever sees at one step.
      return try await ledger.history.recentChanges(at: address, since: ledger.now.before(window), limit: 256)
        .filter(\.mayHaveReachedDirectory)
    } catch {
      throw ServiceError(reading: error)
    }
  }

  /// What somebody else did at an address, as seen from what the ledger knows; or what the directory did not keep.
  func drift(
    at address: Address,
    from recorded: RecordedReference,
    to found: ConnectorReference,
    requestID: String,
    by settler: Change.Settler
  ) async throws(ServiceError) -> Ledger.Draft {
    let intent = Change.Intent(
      subject: .step(address),
      kind: .drift,
      before: recorded.reference,
      after: found,
      actor: .unknown,
      requestID: requestID,
      lastVerifiedDateTime: recorded.lastSeen
    )
    let newest = try await newestEffective(at: address)
    let isOwn = newest?.intent.kind == .update || newest?.intent.kind == .rollback
    guard let newest, isOwn, newest.intent.before == found else {
      return Ledger.Draft(intent, .found, settledBy: settler)
    }
    return Ledger.Draft(intent, .notKept(newest.id), settledBy: settler)
  }

  private func record(_ drift: Ledger.Draft) async throws(ServiceError) {
    do { _ = try await ledger.append([drift]) } catch { throw ServiceError(beforeSending: error) }
  }
}
