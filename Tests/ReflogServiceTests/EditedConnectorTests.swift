import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of what the history shows about an edited connector, and of the values that the connector had before.
struct EditedConnectorTests {
  private let clock = ManualClock(movingBy: .seconds(1))

  /// Edits the connector `fraudCheck`, and returns the change.
  private func edit(_ body: JSONObject, _ fixture: ServiceFixture) async throws -> Change {
    let id = try #require(Sample.fraudCheck.connectorID)
    let receipt = try await fixture.service.perform(fixture.request(.updateConnector(id, body)))
    return try #require(receipt.changes.first)
  }

  @Test func theValuesBeforeAnEditAreFoundUntilTheConnectorIsDeleted() async throws {
    try await withService(clock: clock) { fixture in
      let history = HistoryService(history: fixture.history)
      let change = try await edit(["targetUrl": "https://new.example/"], fixture)
      let first = try #require(try await history.restoration(of: change))
      let later = try await edit(["displayName": "Other"], fixture)
      let second = try #require(try await history.restoration(of: change))
      _ = try await fixture.service.perform(fixture.request(.deleteConnector(first.values.connector)))

      let deleted = try #require(try await history.restoration(of: change))
      #expect(first.values.body == ["targetUrl": "https://api.contoso.example/"])
      #expect(first.later.isEmpty)
      #expect(second.later.map(\.id) == [later.id])
      #expect(second.supersededBy.isEmpty)
      #expect(deleted.deletion?.id.number == later.id.number + 1)
      #expect(deleted.obstacle == "the connector was deleted later (change 3). Create another connector instead")
    }
  }

  @Test func aChangeOfAStepAndADeniedEditHaveNoValuesToRestore() async throws {
    try await withService(clock: clock) { fixture in
      let history = HistoryService(history: fixture.history)
      let change = try await fixture.set(Sample.newVendor)
      let id = try #require(Sample.fraudCheck.connectorID)
      let denied = await #expect(throws: ServiceError.self) {
        let body: JSONObject = ["displayName": "Other"]
        _ = try await fixture.service.perform(fixture.request(.updateConnector(id, body), as: .reader))
      }
      guard case .forbidden(let ids, _) = denied, let first = ids.first else {
        Issue.record("The edit was not denied.")
        return
      }

      #expect(try await history.restoration(of: change)?.change == nil)
      #expect(try await history.restoration(of: try await history.change(first))?.change == nil)
    }
  }

  @Test func aDeniedChangeIsShownWithTheKnownNamesOfItsConnectors() async throws {
    try await withService(clock: clock) { fixture in
      let history = HistoryService(history: fixture.history)
      let id = try #require(Sample.newVendor.connectorID)
      let set = try await fixture.set(Sample.newVendor)
      await #expect(throws: ServiceError.self) {
        try await fixture.set(.connector(id, displayName: nil), as: .reader)
      }
      let denied = try await history.change(Change.ID(set.id.number + 1))

      let one = try await history.inContext(denied)
      let both = try await history.inContext([denied, set], of: ChangeQuery())

      #expect(denied.after.displayName == nil)
      #expect(one.after.displayName == Sample.newVendor.displayName)
      #expect(both.map(\.knownNames) == [[id: "Fraud check (new vendor)"], [:]])
    }
  }
}
