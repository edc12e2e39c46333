import ReflogModel
import Testing

/// Tests of the times that a person writes on the command line.
struct TimeTextTests {
  /// The time at which summer time begins in Berlin. From `spring` to `autumn`, the zone is two hours ahead of UTC.
  private static let spring = Timestamp(parsing: "2026-03-29T01:00:00Z")?.microseconds ?? 0
  private static let autumn = Timestamp(parsing: "2026-10-25T01:00:00Z")?.microseconds ?? 0
  private let berlin = TimeText(now: Timestamp(parsing: "2026-11-23T09:15:02Z") ?? .distantFuture) { seconds in
    (TimeTextTests.spring..<TimeTextTests.autumn).contains(seconds * 1_000_000) ? 7200 : 3600
  }

  private func shown(_ text: String) throws -> String {
    let (start, end) = try berlin.period(text)
    return start == end ? "\(start)" : "\(start) to \(end)"
  }

  @Test(arguments: [
    ("2026-11-23", "2026-11-22T23:00:00.000000Z to 2026-11-23T23:00:00.000000Z"),
    ("2026-07-01", "2026-06-30T22:00:00.000000Z to 2026-07-01T22:00:00.000000Z"),
    ("2026-03-29", "2026-03-28T23:00:00.000000Z to 2026-03-29T22:00:00.000000Z"),
    ("2026-10-25", "2026-10-24T22:00:00.000000Z to 2026-10-25T23:00:00.000000Z"),
    ("2024-02-29", "2024-02-28T23:00:00.000000Z to 2024-02-29T23:00:00.000000Z"),
    ("today", "2026-11-22T23:00:00.000000Z to 2026-11-23T23:00:00.000000Z"),
    ("yesterday", "2026-11-21T23:00:00.000000Z to 2026-11-22T23:00:00.000000Z"),
    ("2026-11-23T14:00", "2026-11-23T13:00:00.000000Z"), ("2026-11-23 14:00", "2026-11-23T13:00:00.000000Z"),
    ("2026-11-23t14:00:05", "2026-11-23T13:00:05.000000Z"), ("2026-07-01T14:00:00.25", "2026-07-01T12:00:00.250000Z"),
    ("2026-11-23T14:00Z", "2026-11-23T14:00:00.000000Z"), ("2026-11-23T14:00:00z", "2026-11-23T14:00:00.000000Z"),
    ("2026-11-23T14:00:00+05:30", "2026-11-23T08:30:00.000000Z"),
    ("2026-11-23T14:00+0530", "2026-11-23T08:30:00.000000Z"),
    ("2026-11-23 14:00-05", "2026-11-23T19:00:00.000000Z"),
    ("2026-11-23T14:00:00.123456789Z", "2026-11-23T14:00:00.123456Z"),
    ("30m", "2026-11-23T08:45:02.000000Z"), ("2h", "2026-11-23T07:15:02.000000Z"),
    ("7d", "2026-11-16T09:15:02.000000Z"),
    ("0m", "2026-11-23T09:15:02.000000Z"), ("2026-03-29T02:30+01:00", "2026-03-29T01:30:00.000000Z"),
  ])
  func everyFormOfATimeIsReadAsThatTime(text: String, time: String) throws {
    #expect(try shown(text) == time)
  }

  @Test(arguments: [
    "", " ", "now", "Today", "tomorrow", "2 hours ago", "-1d", "+1d", "1.5h", "7", "7w", "7D", "d", "999999d",
    "1000000d",
    "1772373600", "01.03.2026", "03/01/2026", "2026-3-1", "2026-03", "2026", "2026-13-01", "2026-02-30", "2026-11-23T",
    "2026-11-23T14", "2026-11-23T1:00", "2026-11-23T24:00", "2026-11-23T14:60", "2026-11-23T14:00:60",
    "2026-11-23T14:00 Z",
    "2026-11-23T14:00+25:00", "2026-11-23T14:00+1", "2026-11-23T14:00CET", "2026-11-23X14:00", " 2026-11-23",
    "2026-11-23 ",
    "２０２６-11-23", "2026-11-23T14:00:00.Z", "2026-11-23T14:00ZZ", "2026-11-23T14:00Z+01:00",
  ])
  func everyTextThatIsNotATimeIsRefused(text: String) {
    #expect(throws: TimeText.Problem.unknownForm) { try berlin.period(text) }
  }

  @Test func aLocalTimeIsRefusedIfItDoesNotExistOrExistsTwice() throws {
    #expect(throws: TimeText.Problem.skipped) { try berlin.period("2026-03-29T02:30") }
    #expect(throws: TimeText.Problem.ambiguous) { try berlin.period("2026-10-25 02:30:00") }
  }

  @Test func aDayWithoutAMidnightBeginsAtItsFirstTime() throws {
    // The clocks are set from 00:00 to 01:00 on 2026-03-29.
    let skip = (Timestamp(parsing: "2026-03-29T00:00:00Z")?.microseconds ?? 0) / 1_000_000
    let reader = TimeText(now: Timestamp(microseconds: 0)) { $0 < skip ? 0 : 3600 }

    let (start, end) = try reader.period("2026-03-29")

    #expect("\(start) \(end)" == "2026-03-29T00:00:00.000000Z 2026-03-29T23:00:00.000000Z")
  }

  @Test(arguments: [
    ("today", "2026-11-23"), ("yesterday", "2026-11-22"), ("2h", "2026-11-23T07:15:02.000000Z"),
    ("2026-11-23", "2026-11-23"), ("2026-11-23 14:00", "2026-11-23 14:00"), ("soon", "soon"), ("", ""),
    ("999999d", "999999d"),
  ])
  func aTextWithTheSameMeaningAtALaterTimeReplacesARelativeText(text: String, absolute: String) {
    #expect(berlin.absolute(text) == absolute)
  }

  @Test func anAgeIsReplacedByAMomentInWholeSeconds() {
    let reader = TimeText(now: Timestamp(microseconds: 7_200_999_999)) { _ in 0 }

    #expect(reader.absolute("1h") == "1970-01-01T01:00:00.000000Z")
  }

  @Test(arguments: [("2026-11-23", true), ("2026-02-30", false), ("today", false), ("2026-11-23T14:00", false)])
  func aDayIsADateWithoutATime(text: String, isDay: Bool) {
    #expect(TimeText.isDay(text) == isDay)
  }

  @Test func everyProblemHasItsText() {
    #expect(
      TimeText.Problem.unknownForm.description
        == "is not a time. Use 2026-11-23, 2026-11-23T14:00, 2026-11-23T14:00:00Z, today, yesterday, or an age such as "
        + "30m, 2h or 7d"
    )
    #expect(
      TimeText.Problem.skipped.description
        == "does not exist, because the local clocks skip this time. Add a zone, for example Z or +01:00"
    )
    #expect(
      TimeText.Problem.ambiguous.description
        == "exists twice, because the local clocks are set back. Add a zone, for example Z or +01:00"
    )
  }
}
