import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests that the ledger's memory never holds a state that is older than the last commit.
struct LedgerMemoryTests {
  private static let empty = AddressState(newestApplied: nil, newestEffective: nil, pending: nil, seen: nil)
  private static let moment = ManualClock.start
  private static let before = moment.before(.microseconds(1))

  private func change(_ id: Int64, at address: Address = Sample.signup, _ result: Change.Result = .applied) -> Change {
    Change(
      id: Change.ID(id),
      sequence: id,
      tenantID: "tenant",
      activityDateTime: Self.moment,
      intent: Sample.intent(before: .none, after: Sample.fraudCheck, at: address),
      outcome: result == .pending ? nil : Change.Outcome(result: result, settledBy: .request),
      resultDateTime: result == .pending ? nil : Self.moment
    )
  }

  private func edit(_ id: Int64, _ result: Change.Result) -> Change {
    let intent = Change.Intent(
      subject: .connector,
      kind: .update,
      before: Sample.fraudCheck,
      after: Sample.fraudCheck,
      actor: Sample.operatorActor,
      requestID: "request"
    )
    return Change(
      id: Change.ID(id),
      sequence: 0,
      tenantID: "tenant",
      activityDateTime: Self.moment,
      intent: intent,
      outcome: result == .pending ? nil : Change.Outcome(result: result, settledBy: .request),
      resultDateTime: result == .pending ? nil : Self.moment
    )
  }

  private func remember(_ address: Address, in memory: LedgerMemory, of generation: Int? = nil) {
    memory.remember(Self.empty, at: address, asOf: Self.before, of: generation ?? memory.generation)
  }

  @Test func aCommitUpdatesTheStoredStateOfAnAddress() {
    let memory = LedgerMemory(keepsWrites: true)
    remember(Sample.signup, in: memory)

    memory.update([change(1, .pending)], [], forgetting: false)
    #expect(memory.state(of: Sample.signup)?.pending?.id == Change.ID(1))
    memory.update([change(1)], [], forgetting: false)

    let state = memory.state(of: Sample.signup)
    #expect(state?.pending == nil)
    #expect(state?.newestApplied?.id == Change.ID(1))
    #expect(state?.newestEffective?.id == Change.ID(1))
    #expect(memory.writes(at: Sample.signup, since: Self.moment)?.map(\.id) == [Change.ID(1)])
  }

  /// Two readers read the same state of the file, but the second reader is slow.
  ///
  /// The memory stores the result of the first reader. Then a change is committed. Then the slow reader passes its
  /// result to the memory. The memory must ignore that result, because the result does not contain the change.
  @Test func aLateReadDoesNotReplaceANewerState() {
    let memory = LedgerMemory(keepsWrites: true)
    let generation = memory.generation
    remember(Sample.signup, in: memory, of: generation)
    memory.update([change(1)], [], forgetting: false)

    remember(Sample.signup, in: memory, of: generation)

    #expect(memory.state(of: Sample.signup)?.newestApplied?.id == Change.ID(1))
  }

  @Test func aReadIsNotStoredIfAChangeWasCommittedDuringTheRead() {
    let memory = LedgerMemory(keepsWrites: true)
    let generation = memory.generation
    memory.update([change(1)], [], forgetting: false)

    remember(Sample.signup, in: memory, of: generation)

    #expect(memory.state(of: Sample.signup) == nil)
  }

  @Test func aReadIsNotStoredIfASweepReadTheAddressDuringTheRead() {
    let memory = LedgerMemory(keepsWrites: true)
    let generation = memory.generation
    memory.update([], [(.reference(Sample.signup, Sample.fraudCheck), Self.moment)], forgetting: false)

    remember(Sample.signup, in: memory, of: generation)

    #expect(memory.state(of: Sample.signup) == nil)
  }

  @Test func aReadIsNotStoredIfTheMemoryWasEmptiedDuringTheRead() {
    let memory = LedgerMemory(keepsWrites: true)
    remember(Sample.signup, in: memory)
    let generation = memory.generation
    memory.update([], [], forgetting: true)

    remember(Sample.attributes, in: memory, of: generation)

    #expect(memory.state(of: Sample.signup) == nil)
    #expect(memory.state(of: Sample.attributes) == nil)
  }

  /// A full memory is emptied when it must store one more address.
  ///
  /// After that, a slow reader passes an old result for the sign-up step to the memory. The memory must ignore that
  /// result, because a change of the sign-up step was committed after the read.
  @Test func aReadIsNotStoredIfAFullMemoryWasEmptiedDuringTheRead() {
    let memory = LedgerMemory(keepsWrites: true)
    let generation = memory.generation
    remember(Sample.signup, in: memory)
    memory.update([change(1)], [], forgetting: false)
    for number in 0..<8192 {
      remember(Sample.address("b2cUserFlows/B2C_1_\(number)/postFederationSignup"), in: memory)
    }
    #expect(memory.state(of: Sample.signup) == nil)

    remember(Sample.signup, in: memory, of: generation)

    #expect(memory.state(of: Sample.signup) == nil)
  }

  /// The ledger of an embedded directory keeps no recent writes in memory.
  ///
  /// The ledger does not need recent writes, because every read of an embedded directory shows all earlier writes.
  @Test func aMemoryReturnsNoListOfRecentWritesIfItKeepsNoWrites() {
    let memory = LedgerMemory(keepsWrites: false)
    remember(Sample.signup, in: memory)
    memory.update([change(1)], [], forgetting: false)

    #expect(memory.writes(at: Sample.signup, since: Self.moment) == nil)
  }

  @Test func anIncompleteListOfRecentWritesIsNotReturned() {
    let memory = LedgerMemory(keepsWrites: true)
    remember(Sample.signup, in: memory)

    memory.update((1...32).map { change($0) }, [], forgetting: false)
    #expect(memory.writes(at: Sample.signup, since: Self.moment)?.count == 32)
    memory.update([change(33)], [], forgetting: false)

    #expect(memory.writes(at: Sample.signup, since: Self.moment) == nil)
    #expect(memory.writes(at: Sample.signup, since: Self.moment.next)?.isEmpty == true)
  }

  /// The memory does not have the writes that are older than the read of the address.
  ///
  /// If the ledger needs older writes, the ledger reads these writes from the file.
  @Test func theMemoryHasNoWritesThatAreOlderThanTheReadOfTheAddress() {
    let memory = LedgerMemory(keepsWrites: true)
    remember(Sample.signup, in: memory)

    #expect(memory.writes(at: Sample.signup, since: Self.before) == nil)
    #expect(memory.writes(at: Sample.signup, since: Self.moment)?.isEmpty == true)
  }

  /// A sweep can record a change of a connector while another change of this connector is pending.
  ///
  /// The memory must keep the pending change.
  @Test func anAppliedChangeOfAConnectorDoesNotReplaceItsPendingChange() throws {
    let memory = LedgerMemory(keepsWrites: true)
    let id = try #require(Sample.fraudCheck.connectorID)
    memory.remember(pending: nil, of: id, of: memory.generation)

    memory.update([edit(1, .pending), edit(2, .applied)], [], forgetting: false)

    #expect(memory.pending(of: id)??.id == Change.ID(1))
  }

  @Test func aPendingChangeOfAConnectorIsKnownUntilItIsSettled() throws {
    let memory = LedgerMemory(keepsWrites: true)
    let id = try #require(Sample.fraudCheck.connectorID)
    let generation = memory.generation
    memory.remember(pending: nil, of: id, of: generation)

    memory.update([edit(1, .pending)], [], forgetting: false)
    memory.remember(pending: nil, of: id, of: generation)
    #expect(memory.pending(of: id)??.id == Change.ID(1))
    memory.update([edit(1, .applied)], [], forgetting: false)

    let known = try #require(memory.pending(of: id))
    #expect(known == nil)
  }
}
