import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests of the page of one flow, with one lane for each step.
struct FlowPageTests {
  private static let noon = Sample.time("2026-11-23T12:00:01Z")

  private func page(_ lanes: FlowLane..., end: Timestamp = Self.noon, isNow: Bool = true) -> FlowPage {
    FlowPage(FlowName(of: Sample.signup), lanes, end: end, isNow: isNow)
  }

  private func lane(_ changes: [Change], isWhole: Bool = true) -> FlowLane {
    FlowLane(.postFederationSignup, changes, isWhole: isWhole)
  }

  /// Two changes of one step, newest first.
  ///
  /// The step called the connector `fraudCheck` from 08:00:01 to 10:00:01, and then the connector `newVendor`.
  private var twoChanges: [Change] {
    [
      Sample.change(2, Sample.fraudCheck, Sample.newVendor, at: "2026-11-23T10:00:00Z"),
      Sample.change(1, .none, Sample.fraudCheck, at: "2026-11-23T08:00:00Z"),
    ]
  }

  @Test func aLaneHasABarForEachReferencesPeriod() {
    let page = page(lane(twoChanges))

    #expect(page.lanes.map(\.step) == ["postFederationSignup"])
    let bars = page.lanes[0].bars
    #expect(bars.map(\.x) == [0, 500])
    #expect(bars.map(\.width) == [500, 500])
    #expect(bars.map(\.tone) == ["tone0", "tone1"])
    #expect(bars.map(\.change) == ["1", "2"])
    #expect([bars[1].name, bars[1].attribution] == ["New vendor", "by Adele"])
    #expect(bars[1].since.full == "2026-11-23T10:00:01.000000Z")
    #expect(page.lanes[0].latest?.reference.name == "New vendor")
    #expect(page.lanes[0].rows.map(\.change) == ["2", "1"])
    #expect(page.legend.map(\.reference.name) == ["Fraud check", "New vendor"])
    #expect(page.start?.exact == "2026-11-23T08:00:01.000000Z")
    #expect(page.earlier == nil)
  }

  @Test func theTextOfThePageContainsThePeriodsOfTheLanes() {
    #expect(
      page(lane(twoChanges)).render(in: Sample.frame).pageText == """
        Flows B2C_1_signup b2cUserFlows. All changes of this flow Fraud check New vendor postFederationSignup \
        New vendor since 2026-11-23 10:00:01 , by Adele Fraud check, since 2026-11-23T08:00:01.000000Z, by Adele \
        New vendor, since 2026-11-23T10:00:01.000000Z, by Adele 2026-11-23 08:00:01 now Show as a table Called Since How \
        New vendor 2026-11-23 10:00:01 by Adele Fraud check 2026-11-23 08:00:01 by Adele
        """
    )
  }

  @Test func aLaneMarksTheChangesOfItsConnectors() {
    let edit = Sample.change(
      4,
      Sample.newVendor,
      Sample.newVendor,
      at: "2026-11-23T11:00:00Z",
      of: .connector,
      properties: [Change.ChangedProperty(name: "targetUrl", before: "https://a.example", after: "https://b.example")]
    )

    let page = page(lane(twoChanges).with(edits: [edit]))
    let html = page.render(in: Sample.frame)

    #expect(page.lanes[0].marks.map(\.x) == [750])
    #expect(
      html.pageText.contains(
        "New vendor was edited in change 4 at 2026-11-23 11:00:01 , by Adele : "
          + "targetUrl https://a.example → https://b.example"
      )
    )
    #expect(html.pageText.contains("connector edited or deleted"))
    #expect(html.contains(#"<a href="/connectors/8a64d9b0">"#))
    #expect(html.contains(#"<a href="/changes/4" tabindex="-1"><path class="edit""#))
    #expect(html.contains("→ https://b.example, 2026-11-23T11:00:01.000000Z, by Adele</title>"))
  }

  @Test func aDeletionOfAConnectorIsShownAsADeletion() {
    let deletion = Sample.change(4, Sample.newVendor, .none, at: "2026-11-23T11:00:00Z", of: .connector)

    let text = page(lane(twoChanges).with(edits: [deletion])).render(in: Sample.frame).pageText

    #expect(text.contains("New vendor was deleted in change 4 at 2026-11-23 11:00:01 , by Adele"))
  }

  @Test func anEmptyFlowHasNoLanes() {
    #expect(
      page(lane([])).render(in: Sample.frame).pageText == """
        Flows B2C_1_signup b2cUserFlows. All changes of this flow \
        No changes of this flow are recorded in this period. All flows
        """
    )
  }

  @Test func aChangeToTheSameReferenceStartsNoNewPeriod() {
    let again = Sample.change(3, Sample.newVendor, Sample.newVendor, at: "2026-11-23T11:00:00Z")

    let page = page(lane([again] + twoChanges))

    #expect(page.lanes[0].bars.map(\.change) == ["1", "2"])
  }

  @Test func aPeriodNeverStartsEarlierThanThePreviousPeriod() {
    let early = Sample.change(3, Sample.newVendor, .none, at: "2026-11-23T09:00:00Z")

    let page = page(lane([early] + twoChanges))

    #expect(page.lanes[0].bars.map(\.x) == [0, 500, 500])
    #expect(page.lanes[0].rows.map(\.since.clock) == ["10:00:01", "10:00:01", "08:00:01"])
  }

  @Test func allLanesStartAtTheStartOfAnIncompleteLane() {
    let cut = FlowLane(
      .postAttributeCollection,
      [Sample.change(3, .none, Sample.newVendor, at: "2026-11-23T09:00:00Z", of: .step(Sample.attributes))],
      isWhole: false
    )

    let page = page(lane(twoChanges), cut)

    #expect(page.start?.exact == "2026-11-23T09:00:01.000000Z")
    #expect(page.earlier == "2026-11-23T09:00:01.000000Z")
    #expect(page.lanes[0].bars.map(\.x) == [0, 333])
    #expect(page.lanes[0].bars.map(\.width) == [333, 667])
    #expect(page.lanes[1].bars.map(\.width) == [1000])
  }

  @Test func aShortPeriodCanStillBeSeen() {
    let short = Sample.change(3, Sample.newVendor, .none, at: "2026-11-23T12:00:00Z")

    let page = page(lane([short] + twoChanges), end: Sample.time("2026-11-23T12:00:02Z"))

    #expect(page.lanes[0].bars.last?.x == 996)
    #expect(page.lanes[0].bars.last?.width == 4)
  }

  @Test func aDriftIsMarked() {
    let drift = Sample.change(3, Sample.newVendor, .none, at: "2026-11-23T11:00:00Z", kind: .drift, by: .unknown)

    let page = page(lane([drift] + twoChanges))

    #expect(page.hasDrift)
    #expect(page.lanes[0].bars.map(\.isDrift) == [false, false, true])
    #expect(page.lanes[0].latest?.attribution.text == "without Reflog")
    #expect(page.render(in: Sample.frame).pageText.contains("drift: set without Reflog"))
  }

  @Test func connectorsBeyondTheNumberOfColoursShareTheLastColour() {
    let connectors = (0..<10).map { Sample.connector("c\($0)", "Connector \($0)") }
    let changes = connectors.enumerated().map { number, connector in
      Sample.change(Int64(number) + 1, .none, connector, at: "2026-11-23T0\(number):00:00Z")
    }

    let page = page(lane(changes.reversed()))

    #expect(
      page.lanes[0].bars.map(\.tone)
        == ["tone0", "tone1", "tone2", "tone3", "tone4", "tone5", "tone6", "tone7", "others", "others"]
    )
    #expect(page.legend.count == 9)
    #expect(page.legend.last?.reference.name == "other connectors")
  }

  @Test func aPageForAnEarlierTimeLinksToTheCurrentTime() {
    let html = page(lane(twoChanges), end: Sample.time("2026-11-23T09:00:01Z"), isNow: false).render(in: Sample.frame)

    #expect(html.pageText.contains("Fraud check since 2026-11-23 08:00:01 , by Adele"))
    #expect(html.contains(#"<a href="/flows/b2cUserFlows/B2C_1_signup">Up to now</a>"#))
    #expect(html.pageText.contains("This page shows the flow up to 2026-11-23 09:00:01 . Show now"))
  }

  @Test func theLinkToTheCurrentTimeKeepsTheSearchAndNotTheTime() {
    let page = FlowPage(
      FlowName(of: Sample.signup),
      [lane(twoChanges)],
      end: Sample.time("2026-11-23T09:00:01Z"),
      isNow: false,
      trail: "?asOf=2026-11-23&flow=sign",
      nowTrail: "?flow=sign"
    )

    let html = page.render(in: Sample.frame)

    #expect(html.contains(#"<a class="screen" href="/flows/b2cUserFlows/B2C_1_signup?flow=sign">Show now</a>"#))
    #expect(html.contains(#"<a href="/flows?asOf=2026-11-23&amp;flow=sign">Flows</a>"#))
  }
}
