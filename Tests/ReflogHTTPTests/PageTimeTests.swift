import ReflogModel
import ReflogWeb
import Testing

@testable import ReflogHTTP

/// Tests of the times that people type in the forms of the pages.
struct PageTimeTests {
  private func filter(_ fields: [String: String]) throws -> String? { try PlainQuestion(form: fields).text }

  @Test(arguments: [
    (["since": "2026-07-01"], "activityDateTime ge 2026-07-01T00:00:00.000000Z"),
    (["since": "2026-07-01", "zone": "Europe/Berlin"], "activityDateTime ge 2026-06-30T22:00:00.000000Z"),
    (["since": "2026-07-01T14:00", "zone": "Europe/Berlin"], "activityDateTime ge 2026-07-01T12:00:00.000000Z"),
    (["since": "2026-07-01T14:00:01.5", "zone": "Asia/Kolkata"], "activityDateTime ge 2026-07-01T08:30:01.500000Z"),
    (["since": "2026-07-01T14:00:00Z", "zone": "Europe/Berlin"], "activityDateTime ge 2026-07-01T14:00:00.000000Z"),
    (["since": "2026-07-01T14:00:00-05:00", "zone": "Asia/Tokyo"], "activityDateTime ge 2026-07-01T19:00:00.000000Z"),
    (["until": "2026-07-01"], "activityDateTime lt 2026-07-02T00:00:00.000000Z"),
    (["until": "2026-03-29", "zone": "Europe/Berlin"], "activityDateTime lt 2026-03-29T22:00:00.000000Z"),
    (["until": "2026-07-01T14:00", "zone": "Europe/Berlin"], "activityDateTime lt 2026-07-01T12:00:00.000000Z"),
    (["since": "2026-07-01 14:00", "zone": "Europe/Berlin"], "activityDateTime ge 2026-07-01T12:00:00.000000Z"),
    (["since": "2026-07-01 14:00:01.5"], "activityDateTime ge 2026-07-01T14:00:01.500000Z"),
    (["since": "2026-07-01 14:00:00Z", "zone": "Europe/Berlin"], "activityDateTime ge 2026-07-01T14:00:00.000000Z"),
    (["since": "2026-07-01t14:00:00z", "zone": "Europe/Berlin"], "activityDateTime ge 2026-07-01T14:00:00.000000Z"),
    (["since": "2026-07-01t14:00", "zone": "Europe/Berlin"], "activityDateTime ge 2026-07-01T12:00:00.000000Z"),
    (["until": "2026-07-01T14:00:00z", "zone": "Europe/Berlin"], "activityDateTime lt 2026-07-01T14:00:00.000000Z"),
    (["until": "9999-12-31", "zone": "America/New_York"], "activityDateTime lt 9999-12-31T05:00:00.000000Z"),
    (["since": "2026-07-01 14:00+0530", "zone": "Europe/Berlin"], "activityDateTime ge 2026-07-01T08:30:00.000000Z"),
  ])
  func aTimeIsReadInTheZoneOfTheURL(fields: [String: String], text: String) throws {
    #expect(try filter(fields) == text)
  }

  @Test func anUnknownZoneIsRefused() {
    let message = "Reflog does not know the time zone 'Mars'. Use UTC or a name such as Europe/Berlin."
    #expect { try filter(["since": "2026-07-01", "zone": "Mars"]) } throws: { "\($0)" == message }
  }

  /// A day ends at the moment when the next day begins. So the end of the day in the field Until can be the same moment
  /// as the start of the day in the field From.
  @Test(arguments: [("2026-07-02", "2026-07-01"), ("2026-07-02 14:00", "2026-07-02 13:59"), ("today", "yesterday")])
  func aFromThatIsLaterThanUntilIsRefused(since: String, until: String) {
    let message = "From is later than Until. Enter the earlier time as From."

    #expect { try filter(["since": since, "until": until]) } throws: {
      "\($0)" == message && ($0 as? FormError)?.field == "since"
    }
  }

  @Test(arguments: [
    ("2026-07-01", "2026-07-01"), ("2026-07-01 14:00", "2026-07-01"), ("2026-07-01 14:00", "2026-07-01 14:00"),
  ])
  func aFromThatIsNotLaterThanUntilIsAccepted(since: String, until: String) throws {
    #expect(try filter(["since": since, "until": until]) != nil)
  }

  /// A filter contains only times whose years have four digits.
  @Test func aTimeAfterTheYear9999IsRefused() {
    #expect(throws: FormError.self) { try filter(["since": "9999-12-31 23:00", "zone": "America/New_York"]) }
  }

  private static let now = Timestamp(parsing: "2026-11-23T23:15:02.25Z") ?? .distantFuture

  /// The links of a page contain these fields.
  @Test(arguments: [
    (["since": "2h"], ["since": "2026-11-23T21:15:02.000000Z"]), (["until": "today"], ["until": "2026-11-23"]),
    (["until": "yesterday", "zone": "Asia/Tokyo"], ["until": "2026-11-23", "zone": "Asia/Tokyo"]),
    (["since": "soon"], ["since": "soon"]), (["since": "2026-07-01 14:00"], ["since": "2026-07-01 14:00"]),
    (["since": "2h", "zone": "Mars"], ["since": "2h", "zone": "Mars"]), (["flow": "2h"], ["flow": "2h"]),
  ])
  func aLinkContainsTheMomentOrTheDay(fields: [String: String], absolute: [String: String]) {
    #expect(PageTime.absolute(fields, ["since", "until"], now: Self.now) == absolute)
  }

  @Test func aTimeInThePastIsNotLaterThanNow() throws {
    let times = PageTime(in: try #require(PageTimeZone("Europe/Berlin")), now: Self.now)

    #expect(try times.past("2026-11-24 00:15", in: "asOf") == Timestamp(parsing: "2026-11-23T23:15:00Z"))
    #expect(throws: FormError.self) { try times.past("2026-11-24 00:16", in: "asOf") }
    #expect(try times.past("yesterday", in: "asOf") == Timestamp(parsing: "2026-11-22T23:00:00Z"))
  }

  @Test(arguments: [
    (["since": "2026-07-01"], "UTC", "2026-07-01"),
    (["since": "2026-07-01", "zone": "Europe/Berlin"], "Europe/Berlin", "2026-07-01"),
    (["since": "2026-07-01"], "Europe/Berlin", "2026-07-01 02:00:00"),
    (["since": "2026-07-01", "zone": "Europe/Berlin"], "UTC", "2026-06-30 22:00:00"),
    (["since": "2026-07-01T12:00:00Z"], "Europe/Berlin", "2026-07-01 14:00:00"),
    (["since": "2026-07-01T12:00"], "UTC", "2026-07-01 12:00:00"),
    (["since": "soon"], "Europe/Berlin", "soon"),
    (["since": "2026-07-01", "zone": "Mars"], "Europe/Berlin", "2026-07-01"),
  ])
  func theFormShowsATimeInTheZoneOfThePage(fields: [String: String], zone: String, shown: String) throws {
    let zone = try #require(PageTimeZone(zone))

    #expect(PlainQuestion.shown(fields, in: zone)["since"] == shown)
  }

  @Test func aTimeInARepeatedHourIsShownAndReadAgainAsTheSameMoment() throws {
    let zone = try #require(PageTimeZone("Europe/Berlin"))
    for (utc, text) in [
      ("2026-10-25T00:30:00Z", "2026-10-25 02:30:00+02:00"), ("2026-10-25T01:30:00Z", "2026-10-25 02:30:00+01:00"),
    ] {
      let shown = PlainQuestion.shown(["since": utc], in: zone)
      #expect(shown["since"] == text)
      #expect(try filter(shown.merging(["zone": zone.name]) { $1 }) == filter(["since": utc]))
      #expect(PlainQuestion.shown(shown.merging(["zone": zone.name]) { $1 }, in: zone)["since"] == text)
    }
  }

  @Test func theEndOfAPeriodIsRoundedUp() throws {
    let fields = ["since": "2026-07-01T12:00:00.000001Z", "until": "2026-07-01T12:00:00.000001Z"]
    let shown = PlainQuestion.shown(fields, in: .utc)

    #expect(shown == ["since": "2026-07-01 12:00:00", "until": "2026-07-01 12:00:00.001"])
  }

  @Test func everyFieldOfTheFormIsAConditionOfAFilterAndIsInTheTrail() throws {
    for name in FilterForm.names {
      let value = ["result": "applied", "kind": "drift", "since": "2026-07-01", "until": "2026-07-01"][name] ?? "x"
      #expect(try filter([name: value]) != nil, "\(name)")
      #expect(PageTrail([name: value], PageTrail.timeline).query == "?\(name)=\(value)")
    }
  }

  @Test func theLastDayOfAPeriodIsShownAsItsEndInAnotherZone() throws {
    let shown = PlainQuestion.shown(["until": "2026-07-01"], in: try #require(PageTimeZone("Europe/Berlin")))

    #expect(shown["until"] == "2026-07-02 02:00:00")
    #expect(
      try filter(["until": "2026-07-02 02:00:00", "zone": "Europe/Berlin"]) == filter(["until": "2026-07-01"])
    )
  }
}
