import ReflogLedger
import ReflogModel

/// Settles a pending change by reading the directory.
///
/// Never writes to the directory.
struct Reconciliation: Sendable {
  let ledger: Ledger
  let directory: any Directory

  /// How long to wait before the next try, after reads that showed no result.
  static let nextRead = Duration.seconds(5)

  /// The result of a check of a pending change.
  enum Verdict: Sendable {
    case settled(Change)
    /// For so long a write may still arrive, or a read may not show it.
    case tooEarly(Duration)
    /// The directory could not be read.
    case unreadable(DirectoryFailure)
    /// Two reads showed different things.
    case unsteady
  }

  /// Settles a pending change if the directory shows its result.
  ///
  /// The caller holds the change's lock, so no request works on it.
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
    // The group expects no state, so only an error can refuse it.
    guard case .recorded(let settled, _) = appended, let settled = settled.first else {
      throw .busy("Change \(change.id) could not be settled.")
    }
    return .settled(settled)
  }

  /// Returns how much longer a change may take place or may not show, or nil once a read is conclusive.
  func remainingDoubt(of change: Change) -> Duration? {
    let doubt = (directory.longestRecording ?? .zero) + directory.longestWrite + directory.settleWindow
    let remaining = doubt - ledger.now.since(change.activityDateTime)
    return remaining > .zero ? remaining : nil
  }

  /// What a read shows, and the drift if it shows a third reference.
  private struct ReadResult: Sendable {
    let evidence: Change.Evidence
    var drift: Change.Intent?
  }

  /// Reads twice, and returns what both reads show, or nil if they differ.
  private func readTwice(_ change: Change) async throws(DirectoryFailure) -> ReadResult? {
    switch change.intent.subject {
    case .step(let address):
      let found = try await reference(at: address)
      guard try await reference(at: address) == found else { return nil }
      let evidence = Self.evidence(of: found, for: change.intent)
      guard case .third = evidence else { return ReadResult(evidence: evidence) }
      let drift = Change.Intent(
        subject: change.intent.subject,
        kind: .drift,
        before: change.intent.before,
        after: found,
        actor: .unknown,
        requestID: change.intent.requestID,
        lastVerifiedDateTime: change.activityDateTime
      )
      return ReadResult(evidence: evidence, drift: drift)
    case .connector:
      // A connector that was to be created has no id to read.
      guard let id = change.intent.before.connectorID else { return ReadResult(evidence: .unreadable) }
      let evidence = Self.evidence(of: try await directory.connector(id), for: change.intent)
      let second = Self.evidence(of: try await directory.connector(id), for: change.intent)
      return evidence == second ? ReadResult(evidence: evidence) : nil
    }
  }

  /// Returns what a reference shows about a change.
  ///
  /// If the change's before and after are the same, the change took place.
  static func evidence(of found: ConnectorReference, for intent: Change.Intent) -> Change.Evidence {
    if found == intent.after { return .after }
    return found == intent.before ? .before : .third
  }

  /// Reads the reference at an address.
  ///
  /// If the flow is deleted, there is none.
  private func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference {
    do {
      return try await directory.reference(at: address)
    } catch .refused(let refusal) where refusal.httpStatus == 404 {
      return .none
    }
  }

  /// Returns what a connector shows about a deletion or an edit.
  static func evidence(of connector: DirectoryConnector?, for intent: Change.Intent) -> Change.Evidence {
    if intent.after == .none { return connector == nil ? .after : .before }
    return evidence(of: connector, for: intent.changedProperties ?? [])
  }

  /// Returns what a connector shows about an edit.
  ///
  /// Only names and the readable part of URLs can be compared.
  static func evidence(
    of connector: DirectoryConnector?,
    for properties: [Change.ChangedProperty]
  ) -> Change.Evidence {
    guard let connector else { return .unreadable }
    let shows = properties.map { property -> (after: Bool, before: Bool)? in
      let found: String
      switch property.name {
      case "displayName": found = connector.displayName
      // A redacted URL can't be compared.
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

/// Compares byte by byte: Swift's `==` equates different Unicode normal forms.
private func isSame(_ left: String, _ right: String?) -> Bool {
  right.map { left.utf8.elementsEqual($0.utf8) } ?? false
}
