package import FoundationEssentials

/// A moment in UTC, in whole microseconds since 1970-01-01T00:00:00Z.
///
/// Its text is fixed-width RFC 3339 with six fraction digits and `Z`, so that texts sort as moments do.
package struct Timestamp: Hashable, Comparable, Sendable {
  package let microseconds: Int64

  package init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  package init(_ date: Date) {
    microseconds = Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }

  /// The moment this long before.
  package func before(_ duration: Duration) -> Timestamp {
    let (seconds, attoseconds) = duration.components
    return Timestamp(microseconds: microseconds - seconds * 1_000_000 - attoseconds / 1_000_000_000_000)
  }

  /// The time from an earlier moment to this one; negative if `other` is later.
  package func since(_ other: Timestamp) -> Duration {
    .microseconds(microseconds - other.microseconds)
  }
}

/// Tells the time; handed in from outside, so that tests can stand still.
package typealias WallClock = @Sendable () -> Timestamp

extension Timestamp: CustomStringConvertible {
  /// For example `2026-11-23T09:15:02.123456Z`.
  package var description: String {
    let date = CivilDate(daysSince1970: floorDivide(microseconds, by: 86_400_000_000).quotient)
    let ofDay = floorDivide(microseconds, by: 86_400_000_000).remainder
    let (seconds, fraction) = ofDay.quotientAndRemainder(dividingBy: 1_000_000)
    return "\(date)T\(digits(seconds / 3600, 2)):\(digits(seconds / 60 % 60, 2)):\(digits(seconds % 60, 2))"
      + ".\(digits(fraction, 6))Z"
  }
}

/// A date of the proleptic Gregorian calendar.
private struct CivilDate: CustomStringConvertible {
  let year: Int64
  let month: Int64
  let day: Int64

  /// The inverse of counting days, over 400-year eras that begin on 1 March.
  init(daysSince1970: Int64) {
    let sinceEpoch = daysSince1970 + 719_468
    let (era, dayOfEra) = floorDivide(sinceEpoch, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  var description: String { "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))" }
}

private func floorDivide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
  let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
  return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}

private func digits(_ value: Int64, _ width: Int) -> String {
  let text = String(value)
  return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}
