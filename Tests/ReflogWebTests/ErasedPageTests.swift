import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests that every page shows erased personal data as erased, with a link to the event that erased the data.
struct ErasedPageTests {
  private static let erased = Erased(eventID: 12, dateTime: Sample.time("2026-11-24T00:00:00Z"))
  private static let link = #"<a href="/integrity?behind=13#event-12">"#
  private static let adele = Change.Actor(type: .user, id: "oid-1", proof: .entra)
  private static let change = Sample.change(2, .none, Sample.fraudCheck, by: adele, erased: erased)

  private static let pages: [(name: String, html: String)] = [
    (
      "timeline",
      TimelinePage(
        [ChangeInContext(change)],
        next: nil,
        query: "",
        form: FilterForm([:], problem: nil),
        isFiltered: false,
        isNewest: true,
        status: Sample.status()
      ).render(in: Sample.frame)
    ),
    ("change", detail(change)),
    (
      "rollback",
      RollbackPage(
        RollbackPlan(
          rollbackOf: Change.ID(1),
          address: Sample.signup,
          before: Sample.fraudCheck,
          after: Sample.newVendor,
          supersededBy: [Change.ID(2)],
          newest: Change.ID(2),
          isDrifted: false,
          connectorExists: true
        ),
        later: [change]
      ).render(in: Sample.frame)
    ),
    (
      "integrity",
      IntegrityPage(
        Sample.status(),
        checkpoint: nil,
        events: [
          ServiceEvent(
            id: 7,
            sequence: 9,
            activityDateTime: erased.dateTime,
            content: ServiceEvent.Content(.export, actor: adele),
            erased: erased
          )
        ],
        older: nil
      ).render(in: Sample.frame)
    ),
  ]

  private static func detail(_ change: Change) -> String {
    ChangeDetailPage(
      ChangeInContext(change),
      chain: [],
      rollback: nil,
      tenantID: "t",
      isSigned: true,
      canRollBack: false
    ).render(in: Sample.frame)
  }

  @Test(arguments: pages)
  func aPageShowsThatNamesAreErasedAndLinksToTheEvent(_ page: (name: String, html: String)) {
    #expect(page.html.pageText.contains("[erased] (oid-1)"))
    #expect(page.html.contains(Self.link))
  }

  @Test func thePageOfAChangeShowsEachErasedFact() {
    let stated = Change.Outcome(result: .applied, settledBy: .person, erased: Self.erased)

    let text = Self.detail(Self.change).pageText
    let statement = Self.detail(Sample.change(2, .none, .none, reason: "CHG0042", outcome: stated)).pageText

    for fact in [
      "Erased by service event 12", "Reason [erased]", "Actor [erased] (oid-1)", "User principal name [erased]",
      "Actor id oid-1", "IP address [erased]",
    ] { #expect(text.contains(fact), "\(fact)") }
    #expect(!text.contains("Message"))
    for fact in ["Statement erased by service event 12", "Message [erased]", "Reason CHG0042", "Actor Adele"] {
      #expect(statement.contains(fact), "\(fact)")
    }
  }

  @Test func theReasonsForAFreezeAndForItsOverrideAreShownAsErased() {
    let freeze = Freeze(
      id: 3,
      scope: .everything,
      reason: nil,
      actor: Self.adele,
      placed: Self.erased.dateTime,
      from: Self.erased.dateTime,
      until: nil,
      erased: Self.erased
    )
    let override = FreezeOverride(eventID: 4, reason: nil, freezes: [3], erased: Self.erased)
    let event = ServiceEvent(
      id: 3,
      sequence: 9,
      activityDateTime: Self.erased.dateTime,
      content: ServiceEvent.Content(.freezePlaced, actor: Self.adele, details: ["scope": "all", "until": .null]),
      erased: Self.erased
    )

    let freezes = FreezesPage([freeze], now: Self.erased.dateTime, canFreeze: false).render(in: Sample.frame)
    let change = Self.detail(Sample.change(2, .none, .none, override: override))
    let events = IntegrityPage(Sample.status(), checkpoint: nil, events: [event], older: nil).render(in: Sample.frame)

    #expect(freezes.pageText.contains("Placed by [erased] (oid-1) Reason [erased] Erased by service event 12"))
    #expect(freezes.contains(Self.link))
    #expect(change.pageText.contains("Reason for the override [erased]"))
    #expect(change.pageText.contains("Reason for the override erased by service event 12"))
    #expect(events.pageText.contains("scope: all, reason: [erased]"))
  }

  @Test func theFlowsPageAndTheLanesShowThatTheNameIsErased() {
    let configuration = ConnectorConfiguration(
      address: Sample.signup,
      change: Self.change,
      isCertain: true,
      targetURL: nil,
      verified: nil
    )
    let board = FlowsPage(
      then: [configuration],
      now: nil,
      pending: [:],
      question: FlowsPage.Question(),
      next: nil,
      canRollBack: false
    )
    let lane = FlowLane(.postFederationSignup, [Self.change], isWhole: true)
    let flow = FlowPage(FlowName(of: Sample.signup), [lane], end: Self.erased.dateTime, isNow: true)

    #expect(board.render(in: Sample.frame).pageText.contains("by [erased] (oid-1)"))
    #expect(flow.render(in: Sample.frame).pageText.contains("by [erased] (oid-1)"))
  }

  @Test func theRowOfAnEventIsTheTargetOfTheLink() {
    let event = ServiceEvent(
      id: 12,
      sequence: 20,
      activityDateTime: Self.erased.dateTime,
      content: ServiceEvent.Content(.erased)
    )

    let html = IntegrityPage(Sample.status(), checkpoint: nil, events: [event], older: nil).render(in: Sample.frame)

    #expect(html.contains(#"id="event-12""#))
  }
}
