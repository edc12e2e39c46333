import ReflogLedger
import ReflogModel

/// Finds out what became of a pending change by looking at the directory. Never writes to it.
struct Reconciliation: Sendable {
  let ledger: Ledger
  let directory: any Directory

  /// When it is worth asking again after reads that showed nothing.
  static let nextRead = Duration.seconds(5)

  /// What came of looking at a pending change.
  enum Verdict: Sendable {
    case settled(Change)
    /// Until then a write may still land, and a read may not show it.
    case tooEarly(Duration)
    case unreadable(DirectoryFailure)
    /// Two looks showed different things.
    case unsteady
  }

  /// Settles a pending change that no request is working on, if the directory shows what became of it; the caller holds
  /// its turn.
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
    // It expects nothing, so nothing can refuse it but an error.
    guard case .recorded(let settled, _) = appended, let settled = settled.first else {
      throw .busy("Change \(change.id) could not be settled.")
    }
    return .settled(settled)
  }

  /// How much longer a change may still take place, or not show; nothing once a look is conclusive.
  func remainingDoubt(of change: Change) -> Duration? {
    let doubt = (directory.longestRecording ?? .zero) + directory.longestWrite + directory.settleWindow
    let remaining = doubt - ledger.now.since(change.activityDateTime)
    return remaining > .zero ? remaining : nil
  }

  /// What a look shows, and what somebody else did where it shows that.
  private struct ReadResult: Sendable {
    let evidence: Change.Evidence
    var drift: Change.Intent?
  }

  /// What two agreeing looks show, or nothing where they don't agree.
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
      // A connector that was to be created has no id to look for.
      guard let id = change.intent.before.connectorID else { return ReadResult(evidence: .unreadable) }
      let evidence = Self.evidence(of: try await directory.connector(id), for: change.intent)
      let second = Self.evidence(of: try await directory.connector(id), for: change.intent)
      return evidence == second ? ReadResult(evidence: evidence) : nil
    }
  }

  /// What the reference that stands says of a change. Where before and after are the same, it took place.
  static func evidence(of found: ConnectorReference, for intent: Change.Intent) -> Change.Evidence {
    if found == intent.after { return .after }
    return found == intent.before ? .before : .third
  }

  /// What stands at the address; nothing does where the flow is gone.
  private func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference {
    do {
      return try await directory.reference(at: address)
    } catch .refused(let refusal) where refusal.httpStatus == 404 {
      return .none
    }
  }

  /// What a connector says of a deletion or an edit.
  static func evidence(of connector: DirectoryConnector?, for intent: Change.Intent) -> Change.Evidence {
    if intent.after == .none { return connector == nil ? .after : .before }
    return evidence(of: connector, for: intent.changedProperties ?? [])
  }

  /// What a connector says of an edit: only names and the readable part of URLs can be compared.
  static func evidence(
    of connector: DirectoryConnector?,
    for properties: [Change.ChangedProperty]
  ) -> Change.Evidence {
    guard let connector else { return .unreadable }
    let shows = properties.map { property -> (after: Bool, before: Bool)? in
      let found: String
      switch property.name {
      case "displayName": found = connector.displayName
      // What was redacted can't be compared.
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

/// Byte by byte: Swift's `==` takes different spellings of a character for the same.
private func isSame(_ left: String, _ right: String?) -> Bool {
  right.map { left.utf8.elementsEqual($0.utf8) } ?? false
}
