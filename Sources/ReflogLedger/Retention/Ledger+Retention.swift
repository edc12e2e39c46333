package import ReflogModel
import ReflogStorage

extension Ledger {
  /// Sets the retention policy.
  ///
  /// When this returns, the policy is durable, and an event records who set it.
  ///
  /// - Parameters:
  ///   - policy: The new policy.
  ///   - overriding: Whether the actor overrode the minimum number of days; the event records this value.
  ///   - actor: The actor who sets the policy.
  package func set(_ policy: RetentionPolicy, overriding: Bool, by actor: Change.Actor) async throws(LedgerError) {
    try await write { session in
      let details: JSONObject = [
        "days": policy.days.map { JSONValue.integer($0) } ?? .null, "override": .bool(overriding),
      ]
      try session.record(ServiceEvent.Content(.retentionSet, actor: actor, details: details))
      try RetentionRows.set(policy, session.connection)
      try session.withdrawClaims()
    }
  }

  /// Places a legal hold.
  ///
  /// When this returns, no purge or erasure deletes history that the hold covers.
  ///
  /// - Returns: The hold as it was placed, or nil if the name is in use.
  package func place(
    _ name: String,
    on scope: FlowScope,
    because reason: String,
    by actor: Change.Actor
  ) async throws(LedgerError) -> LegalHold? {
    try await write { session in
      let hold = LegalHold(name: name, scope: scope, reason: reason, placed: session.time)
      guard try !RetentionRows.hasHold(named: name, session.connection) else { return nil }
      var details: JSONObject = ["name": .string(hold.name), "reason": .string(hold.reason)]
      if case .flow(let flowType, let flow) = hold.scope {
        details["flowType"] = .string(flowType.rawValue)
        details["flowId"] = .string(flow.text)
      }
      try session.record(ServiceEvent.Content(.holdPlaced, actor: actor, details: details))
      try RetentionRows.place(hold, in: session)
      try session.withdrawClaims()
      return hold
    }
  }

  /// Releases a legal hold, and returns whether a hold with this name existed.
  package func releaseHold(named name: String, by actor: Change.Actor) async throws(LedgerError) -> Bool {
    try await write { session in
      guard try RetentionRows.hasHold(named: name, session.connection) else { return false }
      try session.record(ServiceEvent.Content(.holdReleased, actor: actor, details: ["name": .string(name)]))
      try RetentionRows.release(name, session.connection)
      try session.withdrawClaims()
      return true
    }
  }
}

extension LedgerSession {
  /// Withdraws the claims on data that is not deleted yet.
  ///
  /// Call this in a transaction that changes which data may be deleted. An unfinished purge and unfinished erasures
  /// then search for data again.
  func withdrawClaims() throws {
    try withdrawPurgeClaim()
    try withdrawErasureClaim()
  }

  /// Withdraws each open claim that belongs to no unfinished purge and to no unfinished erasure.
  ///
  /// Reflog marks a purge or an erasure as finished only when all claimed data is deleted. So if a claim is open,
  /// another program marked the purge or the erasure as finished. If the claim were kept, that program could delete the
  /// claimed data, and the deletion would seem to be recorded.
  func withdrawClaimsWithoutRequest() throws {
    let purge = try PurgeRows.newest(connection)?.purge
    if purge == nil || purge?.finished != nil { try withdrawPurgeClaim() }
    if try ErasureRows.unfinished(connection).isEmpty { try withdrawErasureClaim() }
  }
}

extension History {
  /// Returns the retention policy.
  package func retentionPolicy() async throws(LedgerError) -> RetentionPolicy {
    try await read { db in try RetentionRows.policy(db) }
  }

  /// Returns all legal holds, in the order in which they were placed.
  package func holds() async throws(LedgerError) -> [LegalHold] {
    try await read { db in try RetentionRows.holds(db) }
  }

  /// Returns the retention policy, the newest purge and the legal holds, after the tables were compared with the
  /// recorded events.
  ///
  /// The purge is nil if there was no purge.
  ///
  /// - Throws: ``LedgerError/corrupt(_:)`` if the tables differ from the events.
  package func retentionState() async throws(LedgerError) -> (
    policy: RetentionPolicy, purge: Purge?, holds: [LegalHold]
  ) {
    try await read { db in
      let record = try RetentionRecord(db)
      let purge = try PurgeRows.newest(db)?.purge
      try record.checkKept(db)
      try record.check(newest: purge)
      return (try RetentionRows.policy(db), purge, try RetentionRows.holds(db))
    }
  }
}
