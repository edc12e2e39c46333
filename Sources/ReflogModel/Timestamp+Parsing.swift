extension Timestamp {
  /// Reads a time in the form of RFC 3339, such as `2026-03-01T14:00:00.25+01:00`, or a date.
  ///
  /// A date without a time is the first moment of that day in UTC. The seconds can be left out. The fraction can have
  /// up to twelve digits. All digits after the sixth digit are ignored. Returns nil for other forms, and for days and
  /// times that do not exist.
  package init?(parsing text: some StringProtocol) {
    guard let reading = Self.reading(text) else { return nil }
    self = reading.moment
  }

  /// Reads a time in the forms of ``init(parsing:)``, and returns the moment and whether it is exactly that time.
  ///
  /// The moment is exact if all digits after the sixth digit of the fraction are zero. Otherwise the moment is the
  /// latest microsecond that is earlier than the time.
  package static func reading(_ text: some StringProtocol) -> (moment: Timestamp, isExact: Bool)? {
    var rest = Array(text.utf8)[...]
    guard let year = number(&rest, digits: 4), take(&rest, "-"), let month = number(&rest, digits: 2),
      take(&rest, "-"), let day = number(&rest, digits: 2), (1...12).contains(month),
      (1...days(inMonth: month, of: year)).contains(day)
    else { return nil }
    let midnight = daysSince1970(year, month, day) * 86_400
    if rest.isEmpty { return (Timestamp(microseconds: midnight * 1_000_000), true) }
    guard take(&rest, "T") || take(&rest, "t"), let hour = number(&rest, digits: 2), take(&rest, ":"),
      let minute = number(&rest, digits: 2), hour < 24, minute < 60, let second = second(&rest),
      let offset = offset(&rest), rest.isEmpty
    else { return nil }
    let seconds = midnight + hour * 3600 + minute * 60 - offset
    return (Timestamp(microseconds: seconds * 1_000_000 + second.microseconds), second.isExact)
  }

  private static func take(_ rest: inout ArraySlice<UInt8>, _ sign: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: sign) else { return false }
    rest = rest.dropFirst()
    return true
  }

  private static func number(_ rest: inout ArraySlice<UInt8>, digits: Int) -> Int64? {
    let piece = rest.prefix(digits)
    guard piece.count == digits, piece.allSatisfy(\.isASCIIDigit) else { return nil }
    rest = rest.dropFirst(digits)
    return Int64(String(decoding: piece, as: UTF8.self))
  }

  /// Reads the second and its fraction, and returns them in microseconds.
  ///
  /// Returns 0 if the time has no seconds, and nil if the second or the fraction is not valid.
  private static func second(_ rest: inout ArraySlice<UInt8>) -> (microseconds: Int64, isExact: Bool)? {
    guard take(&rest, ":") else { return (0, true) }
    guard let second = number(&rest, digits: 2), second < 60 else { return nil }
    guard take(&rest, ".") else { return (second * 1_000_000, true) }
    let digits = Array(rest.prefix { $0.isASCIIDigit })
    guard (1...12).contains(digits.count) else { return nil }
    rest = rest.dropFirst(digits.count)
    let six = (digits + Array(repeating: UInt8(ascii: "0"), count: 6)).prefix(6)
    guard let fraction = Int64(String(decoding: six, as: UTF8.self)) else { return nil }
    return (second * 1_000_000 + fraction, digits.dropFirst(6).allSatisfy { $0 == UInt8(ascii: "0") })
  }

  /// Reads the offset from UTC, and returns the offset in seconds, or nil if the offset is not valid.
  ///
  /// The offset is positive if the local time is ahead of UTC.
  private static func offset(_ rest: inout ArraySlice<UInt8>) -> Int64? {
    if take(&rest, "Z") || take(&rest, "z") { return 0 }
    let sign: Int64 = take(&rest, "-") ? -1 : 1
    if sign == 1, !take(&rest, "+") { return nil }
    guard let hours = number(&rest, digits: 2), take(&rest, ":"), let minutes = number(&rest, digits: 2), hours < 24,
      minutes < 60
    else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }

  private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
    let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month) - 1]
  }

  /// Returns the number of days since 1970-01-01.
  ///
  /// The calculation uses periods of 400 years that begin on 1 March. In such a period, a leap day is always the last
  /// day of a year, and this makes the calculation simple.
  private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
