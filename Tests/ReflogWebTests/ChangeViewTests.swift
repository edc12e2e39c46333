import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests of the sentence and the colours of a change on a page.
struct ChangeViewTests {
  private static let rejected = Change.Outcome(result: .rejected, httpStatus: 404, settledBy: .request)
  private static let found = Change.Outcome(result: .applied, settledBy: .request)

  @Test func anUpdateIsShownWithTheVerbSet() {
    let view = ChangeView(Sample.change(1, .none, Sample.fraudCheck, reason: "CHG0042"))

    #expect([view.actor, view.action] == ["Adele", "set"])
    #expect(view.step == "postFederationSignup")
    #expect(view.flow == "B2C_1_signup")
    #expect(view.flowType == "b2cUserFlows")
    #expect([view.before.name, view.after.name] == ["nothing", "Fraud check"])
    #expect([view.result, view.tone, view.rowTone] == ["applied", "good", "good"])
    #expect(view.kind?.label == nil)
    #expect(view.reason == "CHG0042")
    #expect(!view.isFound)
  }

  @Test func aRefusedUpdateIsShownWithTheVerbTried() {
    let view = ChangeView(Sample.change(1, .none, Sample.fraudCheck, outcome: Self.rejected))

    #expect(view.action == "tried to set")
    #expect([view.result, view.tone, view.rowTone] == ["rejected", "bad", "bad"])
  }

  @Test func aRollbackHasABadge() {
    let view = ChangeView(Sample.change(2, Sample.fraudCheck, .none, kind: .rollback, rollbackOf: 1))

    #expect(view.action == "rolled back")
    #expect(view.kind?.label == "rollback")
    #expect(view.rowTone == "plain")
  }

  @Test func aDriftHasNoActor() {
    let change = Sample.change(
      2,
      Sample.fraudCheck,
      Sample.newVendor,
      kind: .drift,
      by: .unknown,
      outcome: Self.found
    )

    let view = ChangeView(change)

    #expect(view.isFound)
    #expect(view.action == "was changed without Reflog")
    #expect(view.kind?.label == "drift")
    #expect(view.rowTone == "warning")
    #expect(change.attribution == "without Reflog")
    #expect(view.actor == "Unknown")
  }

  @Test func aPendingChangeIsShownAsAWarning() {
    let view = ChangeView(Sample.change(1, .none, Sample.fraudCheck, outcome: nil))

    #expect([view.action, view.result, view.rowTone] == ["set", "pending", "warning"])
  }

  @Test func anEditOfAConnectorShowsTheWrittenProperties() {
    let written = [
      Change.ChangedProperty(name: "targetUrl", before: "https://a.example", after: "https://b.example"),
      Change.ChangedProperty(name: "password", before: nil, after: nil),
      Change.ChangedProperty(name: "displayName", before: nil, after: "B"),
      Change.ChangedProperty(name: "username", before: nil, after: nil),
    ]
    let change = Sample.change(1, Sample.fraudCheck, Sample.fraudCheck, of: .connector, properties: written)

    let view = ChangeView(change)

    #expect(view.action == "changed a connector")
    #expect(view.step == nil)
    let properties = view.writing?.properties ?? []
    #expect(properties.map(\.name) == ["targetUrl", "password", "displayName"])
    #expect(properties.map { $0.values?.before ?? "secret" } == ["https://a.example", "secret", "–"])
    #expect(properties.map { $0.values?.after ?? "secret" } == ["https://b.example", "secret", "B"])
    #expect(view.writing?.left == 1)
  }

  @Test func changesOfConnectorsAreShownAsCreatedOrDeleted() {
    let created = Sample.change(1, .none, Sample.fraudCheck, of: .connector)
    let deleted = Sample.change(2, Sample.fraudCheck, .none, of: .connector)

    #expect(ChangeView(created).action == "created a connector")
    #expect(ChangeView(deleted).action == "deleted a connector")
    #expect(ChangeView(created).writing?.left == nil)
  }

  @Test func aConnectorWithoutANameIsShownWithItsID() {
    let view = ReferenceView(Sample.connector("3f1c7a52", nil))

    #expect(view.name == "3f1c7a52")
    #expect(view.id == nil)
    #expect(view.isConnector)
  }

  @Test func aMomentIsSplitIntoTheDayAndTheTime() {
    let moment = Moment(Sample.time("2026-11-23T09:15:02.123456Z"))

    #expect(moment.exact == "2026-11-23T09:15:02.123456Z")
    #expect([moment.day, moment.clock, moment.fine] == ["2026-11-23", "09:15:02", "2026-11-23 09:15:02.124"])
    #expect(Moment(Sample.time("2026-11-23T09:15:02Z")).fine == "2026-11-23 09:15:02")
    #expect(Moment(Sample.time("2026-11-23T23:59:59.9995Z")).fine == "2026-11-24 00:00:00")
  }
}
