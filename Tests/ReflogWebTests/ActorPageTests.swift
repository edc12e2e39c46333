import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests of the page about one person, application or API token.
struct ActorPageTests {
  private static let filter =
    "From (UTC) Until (UTC) \(Sample.timeForms) If Until is a day, that day is included. Show reads of history Show"

  private func page(
    _ records: [ActorPage.Record],
    of actor: Change.Actor = Sample.adele,
    known: Change.Actor? = nil,
    newest: [ActorPage.Record]? = nil,
    totals: ActorTotals = ActorTotals(),
    form: [String: String] = [:],
    filter: String = "",
    next: String? = nil,
    reads: String? = nil,
    isContinued: Bool = false,
    zone: PageTimeZone = .utc,
    trail: String = ""
  ) throws -> ActorPage {
    ActorPage(
      try #require(actor.identity),
      known: known,
      newest: newest ?? records,
      records: records,
      totals: totals,
      form: ActorPage.Form(form, problem: nil),
      filter: filter,
      next: next,
      reads: reads,
      isContinued: isContinued,
      zone: zone,
      trail: trail
    )
  }

  private static func event(_ actor: Change.Actor, erased: Erased? = nil) -> ServiceEvent {
    ServiceEvent(
      id: 7,
      sequence: 9,
      activityDateTime: Sample.time("2026-11-24T10:00:00Z"),
      content: ServiceEvent.Content(.freezePlaced, actor: actor, reason: "Weekend"),
      erased: erased
    )
  }

  @Test func thePageShowsTheChangesAndTheEventsOfAnActorByDay() throws {
    let change = Sample.change(1, Sample.fraudCheck, Sample.newVendor, reason: "CHG0042")
    var totals = ActorTotals()
    totals.add(2, .applied, of: FlowName(of: Sample.signup))
    totals.add(1, .denied, of: nil)

    let html = try page(
      [.event(Self.event(Sample.adele)), .change(ChangeInContext(change))],
      totals: totals,
      filter: "&since=2026-11-01",
      next: "behind=1.7"
    ).render(in: Sample.frame)

    #expect(
      html.pageText == """
        Timeline Adele Kind Person Id oid-1 \(Self.filter) Show all Filter: Numbers of changes 3 changes. \
        applied 2 denied 1 B2C_1_signup 2 Connectors 1 \
        2026-11-24 Service event 7, 10:00:00 freeze placed reason: Weekend service event \
        2026-11-23 Change 1, 2026-11-23 09:15:02 Adele set postFederationSignup of B2C_1_signup Fraud check → to \
        New vendor CHG0042 applied Older records Older records are not printed. These changes on the timeline , \
        export these changes
        """
    )
    for link in [
      "/?actor=user/oid-1&amp;since=2026-11-01&amp;result=denied", "/integrity?behind=8#event-7",
      "/?actor=user/oid-1&amp;since=2026-11-01&amp;flow=b2cUserFlows/B2C_1_signup", "/actors/user/oid-1?behind=1.7",
      "/export?actor=user/oid-1&amp;since=2026-11-01", "/connectors/8a64d9b0",
    ] { #expect(html.contains("href=\"\(link)\""), "\(link)") }
  }

  @Test func thePageFollowsTheTimeZoneOfItsFrame() throws {
    let zone = try #require(PageTimeZone("Asia/Kolkata"))
    let late = Sample.change(1, .none, Sample.fraudCheck, at: "2026-11-23T20:00:00Z")
    let outcome = Change.Outcome(result: .applied, message: "Checked", settledBy: .person)
    let stated = Sample.change(2, .none, Sample.fraudCheck, at: "2026-11-23T21:00:00Z", outcome: outcome)
    let frame = PageFrame(directory: .embedded, viewer: Sample.frame.viewer, zone: zone)

    let page = try page(
      [.event(Self.event(Sample.adele)), .statement(stated), .change(ChangeInContext(late))],
      form: ["since": "2026-11-24 01:00:00", "reads": "true"],
      filter: "&since=x",
      isContinued: true,
      zone: zone,
      trail: "?actor=oid-1"
    )
    let html = page.render(in: frame)

    #expect(page.days.map(\.day) == ["2026-11-24"])
    for text in ["From (Asia/Kolkata)", "Until (Asia/Kolkata)", "15:30:00", "02:30:01", "01:30:00"] {
      #expect(html.contains(text), "\(text)")
    }
    #expect(html.contains(#"<input type="hidden" name="zone" value="Asia/Kolkata">"#))
    #expect(html.contains(#"name="since" value="2026-11-24 01:00:00""#))
    for link in ["/changes/1?actor=oid-1", "/changes/2?actor=oid-1"] { #expect(html.contains("href=\"\(link)\"")) }
    #expect(html.contains(#"<p class="printed">Filter: since 2026-11-24 01:00:00; reads true</p>"#))
    #expect(html.contains(#"<p class="printed">Newer records are not printed.</p>"#))
  }

  @Test func aStatementLinksToItsChange() throws {
    let outcome = Change.Outcome(result: .applied, message: "Adele: Checked in the portal", settledBy: .person)
    let change = Sample.change(5, .none, Sample.fraudCheck, by: Change.Actor(type: .token, id: "0"), outcome: outcome)

    let html = try page([.statement(change)]).render(in: Sample.frame)

    #expect(
      html.pageText.contains(
        "Change 5, 09:15:03 stated the result of change 5 Adele: Checked in the portal applied"
      )
    )
    #expect(html.contains(#"href="/changes/5""#))
  }

  @Test func anErasedActorHasNoName() throws {
    let erased = Erased(eventID: 12, dateTime: Sample.time("2026-11-24T00:00:00Z"))
    let actor = Change.Actor(type: .user, id: "oid-1", proof: .entra)
    let change = Sample.change(1, .none, Sample.fraudCheck, by: actor, erased: erased)

    let html = try page([.change(ChangeInContext(change))], of: actor).render(in: Sample.frame)

    #expect(
      html.pageText.hasPrefix("Timeline [erased] (oid-1) Kind Person Id oid-1 [erased] by service event 12 From")
    )
    #expect(html.contains("<title>[erased] (oid-1) – Reflog</title>"))
  }

  @Test func erasedEventsAndStatementsLinkToTheErasure() throws {
    let erased = Erased(eventID: 12, dateTime: Sample.time("2026-11-24T00:00:00Z"))
    let outcome = Change.Outcome(result: .applied, message: nil, settledBy: .person, erased: erased)
    let change = Sample.change(5, .none, Sample.fraudCheck, outcome: outcome)
    let event = Self.event(Change.Actor(type: .user, id: "oid-1"), erased: erased)

    let html = try page([.event(event), .statement(change)], known: Sample.adele).render(in: Sample.frame)

    #expect(html.pageText.hasPrefix("Timeline [erased] (oid-1)"))
    #expect(html.pageText.contains("reason: Weekend [erased] by service event 12 service event"))
    #expect(html.pageText.contains("stated the result of change 5 [erased] [erased] by service event 12 applied"))
    #expect(html.ranges(of: #"href="/integrity?behind=13#event-12""#).count == 3)
  }

  @Test func theNewestRecordWithANameNamesTheActor() throws {
    let outcome = Change.Outcome(result: .applied, message: "Adele: Checked", settledBy: .person)
    let statement = ActorPage.Record.statement(Sample.change(5, .none, Sample.fraudCheck, outcome: outcome))
    let named = ActorPage.Record.event(Self.event(Sample.adele))

    for (records, known, name) in [
      ([statement, named], nil, "Adele"), ([statement], Sample.adele, "Adele"), ([statement], nil, "oid-1"),
    ] as [([ActorPage.Record], Change.Actor?, String)] {
      let text = try page(records, known: known).render(in: Sample.frame).pageText
      #expect(text.hasPrefix("Timeline \(name) Kind Person"))
    }
  }

  @Test func anActorWithoutRecordsHasAnEmptyPage() throws {
    let html = try page([], known: Sample.adele, reads: "reads=true").render(in: Sample.frame)

    #expect(html.pageText.contains("Adele Kind Person"))
    #expect(html.pageText.contains("Only reads of history are recorded in this period. Show reads of history"))
    #expect(html.contains(#"href="/actors/user/oid-1?reads=true""#))
  }

  @Test(arguments: [
    (Change.ActorType.token, "token deploy Kind API token"), (.app, "app deploy Kind Application"),
    (.user, "deploy Kind Person"),
  ])
  func tokensAndApplicationsAreToldFromPeople(type: Change.ActorType, text: String) throws {
    let actor = Change.Actor(type: type, id: "0123", name: "deploy")

    let html = try page([.event(Self.event(actor))], of: actor).render(in: Sample.frame)

    #expect(html.pageText.hasPrefix("Timeline \(text) Id 0123"))
  }

  @Test func aPeriodWithoutRecordsIsEmptyAndACutCountIsMarked() throws {
    let newest = ActorPage.Record.event(Self.event(Sample.adele))
    var totals = ActorTotals()
    totals.add(1200, .applied, of: FlowName(of: Sample.signup))
    totals.isComplete = false

    let text = try page([], newest: [newest], totals: totals).render(in: Sample.frame).pageText

    #expect(text.contains("More than 1,200 changes. The numbers are those of the newest ones."))
    #expect(text.contains("Nothing is recorded in this period. Show all"))
  }

  @Test func onlyAnActorWithAPlainIDHasAPage() {
    #expect(Sample.adele.pagePath == "/actors/user/oid-1")
    for id in [nil, "", "a/b", "ä", String(repeating: "a", count: 129)] {
      #expect(Change.Actor(type: .user, id: id).pagePath == nil)
    }
    #expect(Change.Actor.unknown.pagePath == nil)
  }
}
