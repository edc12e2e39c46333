import ReflogModel
import Testing

/// Tests the names of periods.
struct PeriodTests {
  @Test(arguments: [
    ("2026", "2026-01-01", "2026-12-31"), ("2026-Q1", "2026-01-01", "2026-03-31"),
    ("2026-q3", "2026-07-01", "2026-09-30"), ("2026-Q4", "2026-10-01", "2026-12-31"),
    ("2026-02", "2026-02-01", "2026-02-28"), ("2024-02", "2024-02-01", "2024-02-29"),
    ("2026-12", "2026-12-01", "2026-12-31"), ("2026-07-14", "2026-07-14", "2026-07-14"),
    ("2026-07-01..2026-09-30", "2026-07-01", "2026-09-30"), ("2026-07-14..2026-07-14", "2026-07-14", "2026-07-14"),
  ])
  func theNameOfAPeriodCoversWholeDays(_ name: String, _ first: String, _ last: String) throws {
    let period = try Period(name)

    #expect(period.name == name)
    #expect(period.firstDay == first)
    #expect(period.lastDay == last)
    #expect(period.start.description == first + "T00:00:00.000000Z")
    #expect(period.end.before(.microseconds(1)).description == last + "T23:59:59.999999Z")
  }

  @Test(arguments: [
    "", "26", "2026-", "2026-Q0", "2026-Q5", "2026-Q11", "2026-13", "2026-00", "2026-1", "Q3", "2026-07-32", "9999",
    "2026-07-01..", "..2026-07-01", "2026-07-01..2026-07-02..2026-07-03", "2026-07..2026-08", "2026-07-01T00:00Z",
  ])
  func anyOtherTextIsRefused(_ text: String) {
    #expect(throws: PeriodError.unknownForm(text)) { try Period(text) }
  }

  @Test func aPeriodDoesNotEndEarlierThanItBegins() {
    #expect(throws: PeriodError.endsTooEarly("2026-07-02..2026-07-01")) { try Period("2026-07-02..2026-07-01") }
  }

  @Test func theMessagesExplainWhatToDo() {
    #expect(
      "\(PeriodError.unknownForm("July"))"
        == "'July' is not a period. Use 2026, 2026-Q3, 2026-07, 2026-07-14 or 2026-07-01..2026-09-30."
    )
    #expect(
      "\(PeriodError.endsTooEarly("2026-07-02..2026-07-01"))"
        == "The period '2026-07-02..2026-07-01' ends earlier than it begins. Swap its dates."
    )
  }

  @Test func aPeriodInTheFutureIsRefused() throws {
    let now = try #require(Timestamp(parsing: "2026-11-29"))
    #expect(throws: PeriodError.notBegun(try Period("2026-11-30"))) { try Period("2026-11-30", begunBy: now) }
    #expect(throws: PeriodError.unknownForm("July")) { try Period("July", begunBy: now) }
    #expect(try Period("2026-11-29", begunBy: now) == Period("2026-11-29"))
    #expect(
      "\(PeriodError.notBegun(try Period("2027-01")))"
        == "The period '2027-01' has no changes, because it begins on 2027-01-01 (UTC). Use a period that has begun."
    )
  }

  @Test(arguments: [
    ("2026-11-29", "2026-Q3"), ("2026-10-01", "2026-Q3"), ("2026-09-30", "2026-Q2"), ("2026-01-15", "2025-Q4"),
  ])
  func theLastQuarterHasEnded(_ day: String, _ name: String) throws {
    #expect(Period.quarter(before: try #require(Timestamp(parsing: day))).name == name)
  }
}
