import ReflogFormats
import ReflogModel
import ReflogTesting
import Testing

/// Tests of the JSON members of a change whose values come from other changes.
struct ContextFormatTests {
  @Test func aChangeHasTheKnownNamesOfItsConnectors() throws {
    let id = try #require(Sample.newVendor.connectorID)
    let change = SampleChange.change(after: .connector(id, displayName: nil))

    let json = ChangeInContext(change, knownNames: [id: "New vendor"]).json

    #expect(json["knownNames"] == .array([.object(["connectorId": .string(id.text), "displayName": "New vendor"])]))
    #expect(json.value(at: "after/displayName") == .null)
    #expect(ChangeInContext(change).json["knownNames"] == .array([]))
  }

  @Test func aDifferenceHasTheConfigurationsWithoutEdits() {
    let configurations = [true, false].map { isCertain in
      ConnectorConfiguration(
        address: Sample.signup,
        change: SampleChange.change(after: Sample.fraudCheck),
        isCertain: isCertain,
        targetURL: nil,
        verified: nil
      )
    }
    let moment = Timestamp(microseconds: 0)

    let json = ConfigurationComparison(
      from: (moment, [configurations[0]]),
      to: (moment, [configurations[1]]),
      edits: [:]
    ).json(versionURL: nil)

    let difference = json["value"]?.array?.first?.object ?? [:]
    #expect(difference["difference"] == "uncertain" && difference["changeId"] == .null)
    #expect([difference["before"], difference["after"]].map { $0?.object?["certain"] } == [.bool(true), .bool(false)])
    for name in ["before", "after"] { #expect(difference[name]?.object?["connectorEdits"] == nil) }
  }

  @Test func aConfigurationHasTheThreeNewestEditsOfItsConnectorNewestFirst() throws {
    func edit(_ outcome: Change.Outcome) -> Change {
      SampleChange.change(of: .connector, after: Sample.fraudCheck, outcome: outcome)
    }
    let applied = [edit(SampleChange.applied), edit(SampleChange.applied), edit(SampleChange.applied)]
    let edits = applied + [edit(Change.Outcome(result: .unknown, settledBy: .reconciler))]
    let configuration = ConnectorConfiguration(
      address: Sample.signup,
      change: SampleChange.change(after: Sample.fraudCheck),
      isCertain: true,
      targetURL: nil,
      verified: nil,
      edits: ConnectorEdits(edits, limit: 20)
    )

    let json = (configuration.json["connectorEdits"]?.array ?? []).compactMap(\.object)

    try #require(json.count == 3)
    #expect(json.map { $0["result"] } == ["unknown", "applied", "applied"])
    #expect(
      json[0].members.map(\.name)
        == ["id", "kind", "result", "resultDateTime", "before", "after", "changedProperties", "initiatedBy", "erased"]
    )
    #expect(json[0].value(at: "initiatedBy/user/displayName") == "Ada Berg")
  }
}
