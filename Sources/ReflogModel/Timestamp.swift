package import FoundationEssentials

/// A moment in UTC, in whole microseconds since 1970-01-01T00:00:00Z.
///
/// The text of a moment is in the form of RFC 3339, always with six digits after the point and with `Z`. All texts have
/// the same width, so the order of the texts is the order of the moments.
package struct Timestamp: Hashable, Comparable, Sendable {
  package let microseconds: Int64

  /// Creates a moment from microseconds since 1970-01-01T00:00:00Z.
  package init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// Creates the moment of a date, rounded to a microsecond.
  package init(_ date: Date) {
    microseconds = Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
  }

  /// A moment that is later than any recorded moment.
  package static let distantFuture = Timestamp(microseconds: .max)

  /// Returns whether the left moment is earlier than the right moment.
  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }

  /// The moment that is one microsecond later.
  package var next: Timestamp { Timestamp(microseconds: microseconds + 1) }

  /// Returns the moment that is `duration` earlier than this moment.
  package func before(_ duration: Duration) -> Timestamp {
    let (seconds, attoseconds) = duration.components
    return Timestamp(microseconds: microseconds - seconds * 1_000_000 - attoseconds / 1_000_000_000_000)
  }

  /// Returns the duration from another moment to this moment.
  ///
  /// The duration is negative if the other moment is later.
  package func since(_ other: Timestamp) -> Duration {
    .microseconds(microseconds - other.microseconds)
  }
}

/// A function that returns the current time.
///
/// Tests pass a function that returns a fixed time.
package typealias WallClock = @Sendable () -> Timestamp

extension Timestamp: CustomStringConvertible {
  /// The moment as text, for example `2026-11-23T09:15:02.123456Z`.
  package var description: String {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the text of the moment.
  package func write(to bytes: inout [UInt8]) { write(toOutput: &bytes) }

  /// Appends the text of the moment to any output.
  func write(toOutput bytes: inout some ByteOutput & ~Copyable) {
    let time = CivilTime(self)
    time.writeDate(to: &bytes)
    bytes.append(UInt8(ascii: "T"))
    time.writeSeconds(to: &bytes)
    bytes.append(UInt8(ascii: "."))
    digits(time.fraction, 6, to: &bytes)
    bytes.append(UInt8(ascii: "Z"))
  }

  /// Appends the moment in a form that spreadsheets can read, for example `2026-11-23 09:15:02.123`.
  ///
  /// The time is in UTC. Digits after the milliseconds are dropped.
  package func writeForSpreadsheet(to bytes: inout [UInt8]) {
    let time = CivilTime(self)
    time.writeDate(to: &bytes)
    bytes.append(UInt8(ascii: " "))
    time.writeSeconds(to: &bytes)
    bytes.append(UInt8(ascii: "."))
    digits(time.fraction / 1000, 3, to: &bytes)
  }
}

/// A date in the proleptic Gregorian calendar, and a time on that day.
private struct CivilTime {
  let year: Int64
  let month: Int64
  let day: Int64
  let seconds: Int64
  /// The fraction of the second, in microseconds.
  let fraction: Int64

  /// Converts a moment to a date and a time.
  ///
  /// The calculation uses periods of 400 years that begin on 1 March. In such a period, a leap day is always the last
  /// day of a year, and this makes the calculation simple.
  init(_ moment: Timestamp) {
    let (days, ofDay) = floorDivide(moment.microseconds, by: 86_400_000_000)
    (seconds, fraction) = ofDay.quotientAndRemainder(dividingBy: 1_000_000)
    let (era, dayOfEra) = floorDivide(days + 719_468, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  func writeDate(to bytes: inout some ByteOutput & ~Copyable) {
    digits(year, 4, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    digits(month, 2, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    digits(day, 2, to: &bytes)
  }

  func writeSeconds(to bytes: inout some ByteOutput & ~Copyable) {
    digits(seconds / 3600, 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    digits(seconds / 60 % 60, 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    digits(seconds % 60, 2, to: &bytes)
  }
}

private func floorDivide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
  let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
  return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}

/// Appends a number in decimal with at least `width` digits.
///
/// Shorter numbers get leading zeros. Longer numbers, such as a year after 9999, are written with all digits.
private func digits(_ value: Int64, _ width: Int, to bytes: inout some ByteOutput & ~Copyable) {
  if width > 1 || value > 9 { digits(value / 10, width - 1, to: &bytes) }
  // A damaged file can contain a year below 0, and then the digit is negative. `magnitude` makes the digit positive, so
  // the program does not crash.
  bytes.append(UInt8(ascii: "0") + UInt8((value % 10).magnitude))
}
