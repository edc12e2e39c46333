import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests of the time zones in which pages show and read times.
struct PageTimeZoneTests {
  private func zone(_ name: String) throws -> PageTimeZone { try #require(PageTimeZone(name), "\(name)") }

  @Test(arguments: [
    ("UTC", "UTC"), ("utc", "UTC"), ("Etc/UTC", "UTC"), ("europe/berlin", "Europe/Berlin"),
    ("America/New York", "America/New_York"), ("Asia/Kolkata", "Asia/Kolkata"),
    ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"), ("US/Pacific", "US/Pacific"),
    ("Etc/GMT+5", "Etc/GMT+5"), ("Asia/Saigon", "Asia/Saigon"), ("CET", "CET"), ("est5edt", "EST5EDT"), ("GB", "GB"),
    ("Israel", "Israel"), ("singapore", "Singapore"), ("W-SU", "W-SU"), ("GMT+0", "GMT+0"),
  ])
  func aNameOfTheDatabaseIsKnownInAnyCase(text: String, name: String) throws {
    #expect(try zone(text).name == name)
  }

  @Test(arguments: [
    "", "Berlin", "Europe/Nowhere", "../../etc/passwd", "Europe/Berlin; Path=/", "<script>", "+01:00", "PST", "BST",
    "IST", "GMT+5", "GMT-3", "Etc/GMT+55", "/", "US/", "a/../b",
  ])
  func anotherTextIsNoTimeZone(text: String) {
    #expect(PageTimeZone(text) == nil)
  }

  @Test func everyProposalIsKnown() throws {
    for name in PageTimeZone.proposals { #expect(try zone(name).name == name) }
  }

  @Test(arguments: [
    ("UTC", "2026-07-01T12:00:00Z", "2026-07-01T12:00:00.000000Z"),
    ("Europe/Berlin", "2026-07-01T12:00:00Z", "2026-07-01T14:00:00.000000+02:00"),
    ("Europe/Berlin", "2026-12-31T23:30:00.123456Z", "2027-01-01T00:30:00.123456+01:00"),
    ("America/New_York", "2026-07-01T02:00:00Z", "2026-06-30T22:00:00.000000-04:00"),
    ("Asia/Kolkata", "2026-07-01T12:00:00Z", "2026-07-01T17:30:00.000000+05:30"),
    ("America/St_Johns", "2026-01-01T00:00:00Z", "2025-12-31T20:30:00.000000-03:30"),
  ])
  func aMomentIsShownWithTheOffsetOfTheZone(name: String, utc: String, shown: String) throws {
    let moment = Moment(Sample.time(utc)).shown(in: try zone(name))

    #expect(moment.full == shown)
    #expect(moment.exact == Sample.time(utc).description)
    #expect(moment.day + "T" + moment.clock == String(shown.prefix(19)))
  }

  /// Clocks in Europe/Berlin skip 02:30 on 2026-03-29, and show 02:30 twice on 2026-10-25.
  @Test func aTypedTimeIsReadInTheZoneWhenClocksChange() throws {
    let reader = try zone("Europe/Berlin").reader(now: Sample.time("2026-11-23"))

    for (local, utc) in [
      ("2026-03-29 01:59:59", "2026-03-29T00:59:59Z"), ("2026-03-29 03:00", "2026-03-29T01:00:00Z"),
      ("2026-10-25 01:59:59", "2026-10-24T23:59:59Z"), ("2026-10-25 03:00", "2026-10-25T02:00:00Z"),
    ] {
      #expect(try reader.period(local).start == Sample.time(utc), "\(local)")
    }
    #expect(throws: TimeText.Problem.skipped) { try reader.period("2026-03-29 02:30") }
    #expect(throws: TimeText.Problem.ambiguous) { try reader.period("2026-10-25 02:30") }
  }

  /// Clocks in Africa/Cairo skipped the first hour of 2026-04-24.
  @Test func aDayBeginsWhenItsFirstHourIsSkipped() throws {
    let reader = try zone("Africa/Cairo").reader(now: Sample.time("2026-11-23"))

    #expect(try reader.period("2026-04-24").start == Sample.time("2026-04-23T22:00:00Z"))
  }

  @Test func everyTimeThatAFieldShowsIsReadAsTheSameMoment() throws {
    for name in ["America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"] {
      let zone = try zone(name)
      let reader = zone.reader(now: Sample.time("2026-11-23"))
      for hour in 0..<(366 * 24) {
        let moment = Timestamp(microseconds: Sample.time("2026-01-01").microseconds + Int64(hour) * 3_600_000_000)
        let text = zone.field(moment, roundedUp: true)
        #expect(try reader.period(text).start == moment, "\(name) \(text)")
      }
    }
  }

  @Test func aPageShowsItsTimesInTheZoneOfItsFrame() throws {
    let change = Sample.change(1, Sample.fraudCheck, Sample.newVendor, at: "2026-11-23T23:15:02Z")
    let zone = try zone("Europe/Berlin")
    let page = TimelinePage(
      [ChangeInContext(change)],
      next: nil,
      query: "",
      form: FilterForm([:], problem: nil),
      isFiltered: false,
      isNewest: true,
      status: Sample.status(),
      zone: zone
    )

    let html = page.render(in: PageFrame(directory: .embedded, viewer: Sample.frame.viewer, zone: zone, path: "/?a=b"))

    #expect(page.days.map(\.day) == ["2026-11-24"])
    let time = #"<time datetime="2026-11-23T23:15:02.000000Z"><span class="day">2026-11-24 </span>00:15:02</time>"#
    #expect(html.contains(time))
    #expect(html.contains("Times are in Europe/Berlin."))
    #expect(html.contains("From (Europe/Berlin)"))
    #expect(html.contains(#"<input type="hidden" name="zone" value="Europe/Berlin">"#))
    #expect(html.contains(#"<input type="hidden" name="target" value="/?a=b">"#))
    #expect(html.contains(#"list="time-zones" value="Europe/Berlin""#))
  }

  /// At 01:00 UTC on 2026-10-25, clocks in Europe/Berlin are set from 03:00 to 02:00.
  @Test(arguments: [
    ("2026-10-25T00:30:00Z", "2026-10-25 02:30:00+02:00", "2026-10-25 02:30:00 (+02:00)"),
    ("2026-10-25T01:30:00Z", "2026-10-25 02:30:00+01:00", "2026-10-25 02:30:00 (+01:00)"),
    ("2026-10-25T02:00:00Z", "2026-10-25 03:00:00", "2026-10-25 03:00:00"),
    ("2026-03-29T01:30:00Z", "2026-03-29 03:30:00", "2026-03-29 03:30:00"),
  ])
  func aRepeatedTimeIsShownWithItsOffset(utc: String, field: String, heading: String) throws {
    let (zone, moment) = (try zone("Europe/Berlin"), Sample.time(utc))

    #expect(zone.field(moment, roundedUp: true) == field)
    #expect(Moment(moment).shown(in: zone).distinct == heading)
    var question = FlowsPage.Question()
    (question.moment, question.zone) = (moment, zone)
    let page = FlowsPage(then: [], now: [], pending: [:], question: question, next: nil, canRollBack: false)
    let html = page.render(in: PageFrame(directory: .embedded, viewer: nil, zone: zone))
    #expect(html.contains(#"name="asOf" value="\#(field)""#))
    #expect(html.contains(">\(heading)</time>"))
  }

  @Test(arguments: [
    ("2026-07-01T12:00:00.123456Z", "2026-07-01 12:00:00.123", "2026-07-01 12:00:00.124"),
    ("2026-07-01T12:00:00.123Z", "2026-07-01 12:00:00.123", "2026-07-01 12:00:00.123"),
    ("1969-12-31T23:59:59.999999Z", "1969-12-31 23:59:59.999", "1970-01-01 00:00:00"),
    ("1969-12-31T23:59:59.998Z", "1969-12-31 23:59:59.998", "1969-12-31 23:59:59.998"),
  ])
  func aFieldHasWholeMilliseconds(utc: String, down: String, up: String) {
    #expect(PageTimeZone.utc.field(Sample.time(utc), roundedUp: false) == down)
    #expect(PageTimeZone.utc.field(Sample.time(utc), roundedUp: true) == up)
  }

  @Test func thePageStatesThatTextsWithZAreInUTC() throws {
    let berlin = PageFrame(directory: .embedded, viewer: nil, zone: try zone("Europe/Berlin"))
    let page = MessagePage(heading: "x", message: "until 2026-07-01T12:00:00Z", changes: [], requestID: "1")

    #expect(page.render(in: berlin).contains("Times are in Europe/Berlin. Times with Z are in UTC."))
    #expect(!page.render(in: Sample.frame).contains("Times with Z"))
  }

  @Test func aPageInUTCSendsNoTimeZoneWithItsTimes() {
    let question = FlowsPage.Question()
    let page = FlowsPage(then: [], now: nil, pending: [:], question: question, next: nil, canRollBack: false)

    let html = page.render(in: Sample.frame)

    #expect(html.contains("As of (UTC)"))
    #expect(!html.contains(#"type="hidden" name="zone""#))
  }
}
