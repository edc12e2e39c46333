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
    guard let newest = try await newestApplied(at: address) else { return found }
    let recent = newest.after == found ? [] : try await changesWithinWindow(at: address)
    switch Reading(found: found, recorded: newest.after, recent: recent) {
    case .asRecorded:
      return found
    case .stale:
      return newest.after
    case .drift:
      try await record(.drift(at: address, from: newest, to: found, requestID: requestID))
      return found
    }
  }

  /// What stands at an address, and whether somebody went round Reflog. Records nothing, and needs no turn.
  func look(at address: Address) async throws(ServiceError) -> (standing: ConnectorReference, isDrifted: Bool) {
    let found = try await reference(at: address)
    guard let newest = try await newestApplied(at: address), newest.after != found else { return (found, false) }
    let recent = try await changesWithinWindow(at: address)
    let reading = Reading(found: found, recorded: newest.after, recent: recent)
    return reading == .stale ? (newest.after, false) : (found, true)
  }

  /// The changes whose writes may have reached the address so lately that a read may not show them yet.
  private func changesWithinWindow(at address: Address) async throws(ServiceError) -> [Change] {
    let window = directory.settleWindow
    guard window > .zero else { return [] }
    do {
      // More changes than a window ever sees at one step.
      return try await ledger.history.recentChanges(at: address, since: ledger.now.before(window), limit: 256)
        .filter(\.mayHaveBeenSent)
    } catch {
      throw ServiceError(reading: error)
    }
  }

  private func record(_ drift: Change.Intent) async throws(ServiceError) {
    do { _ = try await ledger.append([.init(drift, .found)]) } catch { throw ServiceError(beforeSending: error) }
  }
}

extension Change.Intent {
  /// What somebody else did, as seen from the newest change that the ledger knows there.
  fileprivate static func drift(
    at address: Address,
    from newest: Change,
    to found: ConnectorReference,
    requestID: String
  ) -> Change.Intent {
    Change.Intent(
      subject: .step(address),
      kind: .drift,
      before: newest.after,
      after: found,
      actor: .unknown,
      requestID: requestID,
      lastVerifiedDateTime: newest.resultDateTime
    )
  }
}
