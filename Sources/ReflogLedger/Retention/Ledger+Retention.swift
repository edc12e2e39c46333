package import ReflogModel

extension Ledger {
  /// Says how long history is kept from now on. When this returns, that is durable, and on record as somebody's.
  ///
  /// - Parameter overriding: whether the minimum was overridden, which is on record too.
  package func set(_ policy: RetentionPolicy, overriding: Bool, by actor: Change.Actor) async throws(LedgerError) {
    try await write { transaction in
      try RetentionRows.set(policy, transaction.db)
      let details: JSONObject = [
        "days": policy.days.map { JSONValue.integer($0) } ?? .null, "override": .bool(overriding),
      ]
      try transaction.insert(ServiceEvent.Content(.retentionSet, actor: actor, details: details))
      try transaction.withdrawClaim()
    }
  }

  /// Places a hold: from when this returns on, nothing that it covers is deleted. Returns it as it was placed; nothing where the name
  /// was taken.
  package func place(
    _ name: String,
    on scope: FlowScope,
    because reason: String,
    by actor: Change.Actor
  ) async throws(LedgerError) -> LegalHold? {
    try await write { transaction in
      let hold = LegalHold(name: name, scope: scope, reason: reason, placed: transaction.time)
      guard try RetentionRows.place(hold, in: transaction) else { return nil }
      var details: JSONObject = ["name": .string(hold.name), "reason": .string(hold.reason)]
      if case .flow(let flowType, let flow) = hold.scope {
        details["flowType"] = .string(flowType.rawValue)
        details["flowId"] = .string(flow.text)
      }
      try transaction.insert(ServiceEvent.Content(.holdPlaced, actor: actor, details: details))
      try transaction.withdrawClaim()
      return hold
    }
  }

  /// Releases a hold. Returns whether there was one of this name.
  package func releaseHold(named name: String, by actor: Change.Actor) async throws(LedgerError) -> Bool {
    try await write { transaction in
      guard try RetentionRows.release(name, transaction.db) else { return false }
      try transaction.insert(ServiceEvent.Content(.holdReleased, actor: actor, details: ["name": .string(name)]))
      try transaction.withdrawClaim()
      return true
    }
  }
}

extension History {
  /// How long history is kept.
  package func retentionPolicy() async throws(LedgerError) -> RetentionPolicy {
    try await read { db in try RetentionRows.policy(db) }
  }

  /// What is held, in the order in which it was placed.
  package func holds() async throws(LedgerError) -> [LegalHold] {
    try await read { db in try RetentionRows.holds(db) }
  }
}
