import ReflogLedger
import ReflogModel

/// Settles a pending change: reads the directory to find the change's result, and records that result.
///
/// This type never writes to the directory.
struct Reconciliation: Sendable {
  let ledger: Ledger
  let directory: any Directory

  /// The wait until the next attempt, if the reads of the directory did not show the result of the change.
  static let nextRead = Duration.seconds(5)

  /// The result of a check of a pending change.
  enum Verdict: Sendable {
    case settled(Change)
    /// The change is too recent: within this time, the write may still arrive, or a read may not show the write yet.
    case tooEarly(Duration)
    /// The directory could not be read.
    case unreadable(DirectoryFailure)
    /// Two reads in a row showed different results.
    case unsteady
  }

  /// Settles a pending change if the directory shows the change's result.
  ///
  /// The caller holds the lock of the change, so no other request works on the change.
  func settle(_ change: Change) async throws(ServiceError) -> Verdict {
    if let remaining = remainingDoubt(of: change) { return .tooEarly(remaining) }
    let read: ReadResult
    do {
      guard let steady = try await readTwice(change) else { return .unsteady }
      read = steady
    } catch {
      return .unreadable(error)
    }
    let group = Group(
      settlements: [.init(change, by: .observed(read.evidence), settledBy: .reconciler)],
      drafts: read.drift.map { [.init($0, .found, settledBy: .reconciler)] } ?? []
    )
    let appended: Appended
    do { appended = try await ledger.append(group) } catch { throw ServiceError(beforeSending: error) }
    // The ledger always records this group, because the group has no conditions. So this error never occurs.
    guard case .recorded(let settled, _) = appended, let settled = settled.first else {
      throw .busy("Change \(change.id) could not be settled.")
    }
    return .settled(settled)
  }

  /// Returns the time until a read of a change's result is conclusive, or nil if a read is already conclusive.
  ///
  /// Within this time, the write may still arrive at the directory, or a read may not show the write yet.
  func remainingDoubt(of change: Change) -> Duration? {
    let doubt = (directory.longestRecording ?? .zero) + directory.longestWrite + directory.settleWindow
    let remaining = doubt - ledger.now.since(change.activityDateTime)
    return remaining > .zero ? remaining : nil
  }

  /// The evidence from a read, and the drift if the address holds neither the `before` nor the `after` of the change.
  private struct ReadResult: Sendable {
    let evidence: Change.Evidence
    var drift: Change.Intent?
  }

  /// Reads the directory twice, and returns the result if both reads agree, or nil if the reads differ.
  private func readTwice(_ change: Change) async throws(DirectoryFailure) -> ReadResult? {
    switch change.intent.subject {
    case .step(let address):
      let found = try await reference(at: address)
      guard try await reference(at: address) == found else { return nil }
      let before = try await before(of: change.intent, at: address) ?? found
      let evidence = Self.evidence(of: found, before: before, after: change.intent.after)
      guard case .third = evidence else { return ReadResult(evidence: evidence) }
      let drift = Change.Intent(
        subject: change.intent.subject,
        kind: .drift,
        before: before,
        after: found,
        actor: .unknown,
        requestID: change.intent.requestID,
        lastVerifiedDateTime: change.activityDateTime
      )
      return ReadResult(evidence: evidence, drift: drift)
    case .connector:
      // If the change creates a connector, the id of the connector is not known, so the connector can't be read.
      guard let id = change.intent.before.connectorID else { return ReadResult(evidence: .unreadable) }
      let evidence = Self.evidence(of: try await directory.connector(id), for: change.intent)
      let second = Self.evidence(of: try await directory.connector(id), for: change.intent)
      return evidence == second ? ReadResult(evidence: evidence) : nil
    }
  }

  /// Returns what the current reference shows about a change: it was applied, it was not applied, or neither.
  ///
  /// If `before` and `after` of the change are equal, and the address holds this reference, the change counts as
  /// applied.
  private static func evidence(
    of found: ConnectorReference,
    before: ConnectorReference,
    after: ConnectorReference
  ) -> Change.Evidence {
    if found == after { return .after }
    return found == before ? .before : .third
  }

  /// Returns the reference that an address held before a change, or nil if the reference is not recorded.
  ///
  /// If the reference could not be read before the change was made, the change does not contain it. In this case, the
  /// reference in the ledger is used.
  private func before(
    of intent: Change.Intent,
    at address: Address
  ) async throws(DirectoryFailure) -> ConnectorReference? {
    guard intent.before == .unknown else { return intent.before }
    do {
      return try await ledger.state(of: address).recorded?.reference
    } catch {
      throw .unavailable(reason: "the ledger's reference is not known. \(error)")
    }
  }

  /// Reads the reference at an address.
  ///
  /// If the flow was deleted, the result is the reference `none`.
  private func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference {
    let found = try await directory.referencesUnlessDeleted(of: FlowName(of: address), at: [address.step])
    guard let reference = found[address.step], reference != .unknown else {
      throw .unavailable(reason: "it did not show the reference of the step")
    }
    return reference
  }

  /// Returns what a read of a connector shows about a deletion or an edit of the connector.
  static func evidence(of connector: DirectoryConnector?, for intent: Change.Intent) -> Change.Evidence {
    if intent.after == .none { return connector == nil ? .after : .before }
    return evidence(of: connector, for: intent.changedProperties ?? [])
  }

  /// Returns what a read of a connector shows about an edit of the connector.
  ///
  /// Only names and complete URLs are compared, because a redacted URL can't be compared.
  static func evidence(
    of connector: DirectoryConnector?,
    for properties: [Change.ChangedProperty]
  ) -> Change.Evidence {
    guard let connector else { return .unreadable }
    let shows = properties.map { property -> (after: Bool, before: Bool)? in
      let found: String
      switch property.name {
      case "displayName": found = connector.displayName
      // A URL that contains "…" is redacted, so the URL can't be compared.
      case "targetUrl" where property.after?.contains("…") == false: found = connector.targetURL
      default: return nil
      }
      return (isSame(found, property.after), isSame(found, property.before))
    }
    guard !shows.contains(where: { $0 == nil }) else { return .unreadable }
    if shows.allSatisfy({ $0?.after == true }) { return .after }
    return shows.allSatisfy { $0?.before == true } ? .before : .unreadable
  }
}

/// Returns whether two texts have the same bytes.
///
/// Swift's `==` is not used, because `==` treats different Unicode normal forms as equal.
private func isSame(_ left: String, _ right: String?) -> Bool {
  right.map { left.utf8.elementsEqual($0.utf8) } ?? false
}
