import ReflogLedger
import ReflogModel

/// Finds out what became of a pending change by looking at the directory. Never writes to it.
struct Reconciliation: Sendable {
  let ledger: Ledger
  let directory: any Directory

  /// Settles a pending change that no request is working on; the caller holds its turn. Returns the settled change, or
  /// nothing where the directory can't be read, its answers don't agree, or the settle window is not over: until then a
  /// write may still land, and a read may not show it.
  func settle(_ change: Change) async throws(ServiceError) -> Change? {
    let doubt = directory.longestWrite + directory.settleWindow
    guard ledger.now.since(change.activityDateTime) >= doubt else { return nil }
    guard let look = await observe(change) else { return nil }
    do {
      return try await ledger.settle(
        [change],
        by: .observed(look.observation),
        settledBy: .reconciler,
        usingReservedPlace: false,
        recording: look.drift.map { [$0] } ?? []
      ).first
    } catch {
      throw ServiceError(beforeSending: error)
    }
  }

  /// What a look shows, and what somebody else did where it shows that.
  private struct Look: Sendable {
    let observation: Change.Observation
    var drift: Change.Intent?
  }

  private func observe(_ change: Change) async -> Look? {
    switch change.intent.subject {
    case .step(let address):
      guard let first = await reference(at: address), let second = await reference(at: address), first == second
      else { return nil }
      let observation = Self.observation(of: first, for: change.intent)
      guard case .third = observation else { return Look(observation: observation) }
      let drift = Change.Intent(
        subject: change.intent.subject,
        kind: .drift,
        before: change.intent.before,
        after: first,
        actor: .unknown,
        requestID: change.intent.requestID,
        lastVerifiedDateTime: change.activityDateTime
      )
      return Look(observation: observation, drift: drift)
    case .connector:
      return await observeConnector(change.intent).map { Look(observation: $0) }
    }
  }

  /// What the reference that stands says of a change. Where before and after are the same, it took place.
  static func observation(of found: ConnectorReference, for intent: Change.Intent) -> Change.Observation {
    if found == intent.after { return .after }
    return found == intent.before ? .before : .third
  }

  /// What stands at the address; nothing does where the flow is gone.
  private func reference(at address: Address) async -> ConnectorReference? {
    do {
      return try await directory.reference(at: address)
    } catch .refused(let refusal) where refusal.httpStatus == 404 {
      return ConnectorReference.none
    } catch {
      // The change stays pending, and the next look tries again.
      return nil
    }
  }

  private func observeConnector(_ intent: Change.Intent) async -> Change.Observation? {
    // A connector that was to be created has no id to look for.
    guard let id = intent.before.connectorID else { return .unreadable }
    do {
      let connector = try await directory.connector(id)
      if intent.after == .none { return connector == nil ? .after : .before }
      return Self.observation(of: connector, for: intent.changedProperties ?? [])
    } catch {
      // As above: a later look tries again.
      return nil
    }
  }

  /// What a connector says of an edit: only names and the readable part of URLs can be compared.
  static func observation(
    of connector: DirectoryConnector?,
    for properties: [Change.ChangedProperty]
  ) -> Change.Observation {
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
