import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Calls `body` with a ledger that has a row in every table of the history, and no unfinished purge or erasure.
func withFullLedger(_ body: (Ledger, Storage) async throws -> Void) async throws {
  let clock = ManualClock(at: Timestamp(microseconds: 1_600_000_000_000_000))
  let adele = Change.Actor(
    type: .user,
    id: "adele",
    name: "Adele",
    userPrincipalName: "adele@contoso.example",
    clientAppID: "app",
    ipAddress: "::1",
    proof: .entra
  )
  let brian = Change.Actor(type: .user, id: "brian", name: "Brian", proof: .entra)
  try await withLedgerFile(clock: clock) { ledger, storage in
    try await ledger.record([ServiceEvent.Content(.historyRead, actor: adele)])
    for after in [Sample.fraudCheck, Sample.newVendor, .none] {
      try await ledger.apply(Sample.intent(before: .unknown, after: after, by: adele))
    }
    let pending = try await ledger.record(
      Sample.intent(before: .none, after: .none, at: Sample.attributes, by: brian),
      .intended
    )
    let statement = Change.Statement(result: .applied, reason: "Support says so", actor: adele)
    try await ledger.settle(pending, by: .stated(statement), settledBy: .person)
    try await ledger.record((0..<300).map { _ in .init(Sample.intent(before: .none, after: .none), .found) })
    try await ledger.remember([.reference(Sample.signup, .none)])
    try await ledger.rememberSweep(UnreadParts())
    var unread = UnreadParts()
    unread.add(.connectors, because: "403")
    try await ledger.rememberSweep(unread)
    clock.advance(by: .seconds(400 * 86_400))
    try await ledger.purgeHistoryOlderThanADay(by: adele)
    try await ledger.finish(purge: ledger.unfinishedDeletions()?.purge, erasures: [])
    try await recordNewChanges(in: ledger, by: adele, brian)
    try await ledger.erase(.actor("brian"), by: adele)
    let signup = FlowScope.flow(Sample.signup.flowType, Sample.signup.flow)
    _ = try await ledger.place("CASE", on: signup, because: "x", by: adele)
    try await recordFreezes(in: ledger, by: adele)
    try await ledger.record([ServiceEvent.Content(.export, actor: adele), ServiceEvent.Content(.keyRotated)])
    try await body(ledger, storage)
  }
}

/// Records two freezes, and a change that overrides both freezes. Then releases one of the freezes.
private func recordFreezes(in ledger: Ledger, by adele: Change.Actor) async throws {
  let frozen = Freeze.Draft(scope: .address(Sample.attributes), reason: "x", until: ledger.now.before(.seconds(-60)))
  _ = try #require(try await ledger.place(frozen, by: adele).freeze)
  let released = try #require(
    try await ledger.place(Freeze.Draft(scope: .everything, reason: "x"), by: adele).freeze
  )
  let intent = Sample.intent(before: Sample.newVendor, after: .none, at: Sample.attributes, by: adele)
  let override = Group.Override(because: "x", by: adele)
  let appended = try await ledger.append(Group(drafts: [.init(intent, .intended)], override: override))
  guard case .recorded(_, let drafts) = appended else {
    Issue.record("\(appended)")
    return
  }
  try await ledger.settle(drafts[0])
  _ = try await ledger.releaseFreeze(released.id, by: adele)
}

/// Records changes that queries find with different indexes: a pending change, a rollback, a denied change, and a
/// change of a connector.
private func recordNewChanges(
  in ledger: Ledger,
  by adele: Change.Actor,
  _ brian: Change.Actor
) async throws {
  try await ledger.record(Sample.intent(before: .none, after: Sample.fraudCheck, by: brian), .intended)
  let rollback = Change.Intent(
    subject: .step(Sample.attributes),
    kind: .rollback,
    before: .none,
    after: Sample.newVendor,
    actor: adele,
    correlationID: "correlation",
    requestID: "request",
    rollbackOf: Change.ID(1),
    batchID: "batch"
  )
  try await ledger.apply(rollback)
  try await ledger.record(Sample.intent(before: .none, after: .none, at: Sample.attributes, by: adele), .denied)
  let made = Change.Intent(
    subject: .connector,
    kind: .update,
    before: Sample.fraudCheck,
    after: Sample.fraudCheck,
    actor: adele,
    requestID: "request"
  )
  try await ledger.apply(made)
}
