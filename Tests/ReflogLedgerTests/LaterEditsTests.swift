import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests that a query of the references at a time also returns, for each reference, the edits of its connector after
/// the reference was set.
struct LaterEditsTests {
  private func edit(
    _ connector: ConnectorReference,
    to after: ConnectorReference? = nil,
    _ name: String = "targetUrl"
  ) -> Change.Intent {
    Change.Intent(
      subject: .connector,
      kind: .update,
      before: connector,
      after: after ?? connector,
      changedProperties: [Change.ChangedProperty(name: name, before: "a", after: "b")],
      actor: Sample.operatorActor,
      requestID: "request"
    )
  }

  private func set(_ reference: ConnectorReference, at address: Address) -> Change.Intent {
    Sample.intent(before: .none, after: reference, at: address)
  }

  /// Returns, for each address, the ids of the edits of its connector, oldest first.
  private func edits(_ ledger: Ledger, asOf moment: Timestamp = .distantFuture) async throws -> [Address: [Int64]] {
    let found = try await ledger.history.configurations(asOf: moment, includesEdits: true)
    return Dictionary(
      uniqueKeysWithValues: found.map { ($0.address, $0.edits?.changes.map(\.id.number) ?? []) }
    )
  }

  @Test func anEditIsShownAtEachStepThatWasSetEarlier() async throws {
    let clock = ManualClock(movingBy: .seconds(1))
    try await withLedger(clock: clock) { ledger in
      try await ledger.apply(edit(Sample.fraudCheck))
      try await ledger.apply(set(Sample.fraudCheck, at: Sample.signup))
      let first = try await ledger.apply(edit(Sample.fraudCheck))
      try await ledger.apply(set(Sample.fraudCheck, at: Sample.attributes))
      let between = clock.read()
      try await ledger.record(edit(Sample.fraudCheck), .denied)
      let second = try await ledger.apply(edit(Sample.fraudCheck, "displayName"))
      try await ledger.apply(edit(Sample.newVendor))

      #expect(
        try await edits(ledger)
          == [Sample.signup: [first.id.number, second.id.number], Sample.attributes: [second.id.number]]
      )
      #expect(try await edits(ledger, asOf: between) == [Sample.signup: [first.id.number], Sample.attributes: []])
      #expect(try await ledger.history.configurations(asOf: .distantFuture).allSatisfy { $0.edits == nil })
    }
  }

  @Test func onlyTheNewestEditsAreRead() async throws {
    try await withLedger(clock: ManualClock(movingBy: .seconds(1))) { ledger in
      try await ledger.apply(set(Sample.fraudCheck, at: Sample.signup))
      for _ in 0..<LaterEdits.maximumCount + 2 { try await ledger.apply(edit(Sample.fraudCheck)) }
      let deletion = try await ledger.apply(edit(Sample.fraudCheck, to: ConnectorReference.none))

      let found = try await ledger.history.configurations(asOf: .distantFuture, includesEdits: true).first?.edits

      #expect(found?.changes.count == LaterEdits.maximumCount)
      #expect(found?.isCut == true)
      #expect(found?.changes.last?.id == deletion.id)
      #expect(found?.mostTelling?.id == deletion.id)
    }
  }

  @Test func anEditThatIsSettledAfterTheReferenceWasSetIsLater() async throws {
    try await withLedger(clock: ManualClock(movingBy: .seconds(1))) { ledger in
      try await ledger.apply(edit(Sample.fraudCheck))
      let pending = try await ledger.record(edit(Sample.fraudCheck), .intended)
      try await ledger.apply(set(Sample.fraudCheck, at: Sample.signup))
      try await ledger.settle(pending)

      #expect(try await edits(ledger) == [Sample.signup: [pending.id.number]])
    }
  }

  @Test func anEditOfMoreThanTheNameIsMoreTelling() async throws {
    try await withLedger(clock: ManualClock(movingBy: .seconds(1))) { ledger in
      try await ledger.apply(set(Sample.fraudCheck, at: Sample.signup))
      let url = try await ledger.apply(edit(Sample.fraudCheck))
      var edits = [url.id]
      for _ in 0..<4 { edits.append(try await ledger.apply(edit(Sample.fraudCheck, "displayName")).id) }

      let configuration = try await ledger.history.configurations(asOf: .distantFuture, includesEdits: true).first
      let found = configuration?.edits

      #expect(found?.changes.map(\.id) == edits)
      #expect(found?.mostTelling?.id == url.id)
    }
  }

  @Test func theNameOfAConnectorIsFoundInTheNewestChangeWithAName() async throws {
    try await withLedger { ledger in
      let id = try #require(Sample.fraudCheck.connectorID)
      let other = try #require(Sample.newVendor.connectorID)
      let nameless = ConnectorReference.connector(id, displayName: nil)
      #expect(try await ledger.history.names(of: [id]) == [:])
      try await ledger.record(set(nameless, at: Sample.signup), .denied)
      #expect(try await ledger.history.names(of: [id, other]) == [:])
      try await ledger.apply(set(.connector(id, displayName: "Old name"), at: Sample.signup))
      try await ledger.apply(edit(.connector(id, displayName: "Old name"), to: Sample.fraudCheck, "displayName"))
      try await ledger.record(set(nameless, at: Sample.signup), .denied)

      #expect(try await ledger.history.names(of: [id, other]) == [id: "Fraud check"])
    }
  }
}
