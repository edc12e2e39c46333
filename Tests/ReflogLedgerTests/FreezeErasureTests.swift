import ReflogLedger
import ReflogModel
import ReflogTesting
import Testing

/// Tests that an erasure deletes the reasons that a person wrote for freezes and for overrides of freezes.
struct FreezeErasureTests {
  private static let adele = Change.Actor(type: .user, id: "adele", name: "Adele", proof: .entra)
  private static let mia = Change.Actor(type: .user, id: "mia", proof: .entra)
  private static let placing = "Mia asked for it"
  private static let overriding = "Mia is on call"

  /// Calls `body` with a ledger in which Adele placed one freeze, Mia placed another freeze, and Adele made change 1 in
  /// spite of both freezes.
  private func withFreezes(_ body: (Ledger, any TestDatabase) async throws -> Void) async throws {
    try await withLedgerDatabase { ledger, database in
      _ = try await ledger.place(Freeze.Draft(scope: .everything, reason: Self.placing), by: Self.adele)
      _ = try await ledger.place(Freeze.Draft(scope: .everything, reason: "Weekend"), by: Self.mia)
      let draft = Group.Draft(Sample.intent(before: .none, after: Sample.fraudCheck, by: Self.adele), .intended)
      let override = Group.Override(because: Self.overriding, by: Self.adele)
      let appended = try await ledger.append(Group(drafts: [draft], override: override))
      guard case .recorded(_, let drafts) = appended else { Issue.record("\(appended)"); return }
      try await ledger.settle(drafts[0])
      try await body(ledger, database)
    }
  }

  private func findings(of ledger: Ledger) async throws -> [LedgerReport.Finding] {
    let keys = ledger.signers.keys.map(\.verifierKey)
    return try await LedgerVerification(of: ledger.history, keys: keys, against: []).run { _ in }.findings
  }

  private func overrideReasons(_ ledger: Ledger, containing text: String) async throws -> [String?] {
    let filter = try ChangeFilter.parse("contains(override/reason, '\(text)')")
    return try await ledger.history.changes(ChangeQuery(filter: filter)).map(\.override?.reason)
  }

  @Test func anErasureDeletesTheReasonsThatItsSubjectWrote() async throws {
    try await withFreezes { ledger, _ in
      #expect(ledger.freezes.all.map(\.reason) == [Self.placing, "Weekend"])
      #expect(try await overrideReasons(ledger, containing: "Mia") == [Self.overriding])

      try await ledger.erase(.actor("adele"), by: Self.mia)

      let change = try #require(try await ledger.history.change(Change.ID(1)))
      let override = try #require(change.override)
      let placed = try await ledger.history.openFreezes(at: ledger.now)
      #expect(override.reason == nil)
      #expect(override.freezes == [1, 2])
      #expect(override.erased != nil)
      #expect(override.erased == change.erased)
      for freezes in [placed, ledger.freezes.all] {
        #expect(freezes.map(\.reason) == [nil, "Weekend"])
        #expect(freezes.map(\.erased) == [change.erased, nil])
      }
      #expect(try await overrideReasons(ledger, containing: "Mia").isEmpty)
      #expect(try await overrideReasons(ledger, containing: "").isEmpty)
      #expect(try await findings(of: ledger) == [])
    }
  }

  @Test func theEventsOfFreezesShowTheirReasonsUntilTheErasure() async throws {
    try await withFreezes { ledger, _ in
      func reasons() async throws -> [JSONValue?] {
        try await ledger.history.oldestEvents(after: 0, upTo: 3, limit: 3).map { $0.shownDetails()["reason"] }
      }
      #expect(try await reasons() == [.string(Self.placing), "Weekend", .string(Self.overriding)])

      try await ledger.erase(.actor("adele"), by: Self.mia)

      #expect(try await reasons() == [.null, "Weekend", .null])
    }
  }

  @Test func aHoldOnAFlowKeepsTheReasonsForItsOverrides() async throws {
    try await withFreezes { ledger, _ in
      let flow = FlowScope.flow(Sample.signup.flowType, Sample.signup.flow)
      _ = try await ledger.place("CASE-1", on: flow, because: "x", by: Self.mia)

      try await ledger.erase(.actor("adele"), by: Self.mia)

      let change = try #require(try await ledger.history.change(Change.ID(1)))
      #expect(change.override?.reason == Self.overriding)
      #expect(change.erased == nil)
      #expect(try await ledger.history.openFreezes(at: ledger.now).map(\.reason) == [nil, "Weekend"])
    }
  }

  @Test func aReasonThatIsMissingWithoutAnErasureIsAnError() async throws {
    try await withFreezes { ledger, database in
      try database.edit(
        """
        UPDATE service_event_personal
        SET salt = NULL, actor_name = NULL, ip_address = NULL, reason = NULL, erased_hash = zeroblob(32)
        WHERE event = 3
        """
      )

      await #expect(throws: LedgerError.self) { try await ledger.history.change(Change.ID(1)) }
      #expect(try await !findings(of: ledger).isEmpty)
    }
  }
}
