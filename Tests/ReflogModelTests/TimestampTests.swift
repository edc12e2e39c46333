import Foundation
import ReflogModel
import Testing

struct TimestampTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000000Z"),
    (-1, "1969-12-31T23:59:59.999999Z"),
    (951_782_400_000_001, "2000-02-29T00:00:00.000001Z"),
    (1_795_425_302_123_456, "2026-11-23T09:15:02.123456Z"),
    (4_107_542_399_999_999, "2100-02-28T23:59:59.999999Z"),
  ])
  func theTextOfATimestampIsInUTCAndHasAFixedWidth(microseconds: Int64, text: String) {
    #expect(Timestamp(microseconds: microseconds).description == text)
  }

  @Test func theTextOfATimestampEqualsFoundationsTextForFourCenturies() {
    let format = Date.ISO8601FormatStyle(includingFractionalSeconds: false)
    for day in stride(from: -40_000, to: 110_000, by: 37) {
      let date = Date(timeIntervalSince1970: Double(day) * 86_400 + 3723)
      #expect(Timestamp(date).description.prefix(19) == date.formatted(format).prefix(19))
    }
  }
}
