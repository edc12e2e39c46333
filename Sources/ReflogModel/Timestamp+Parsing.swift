extension Timestamp {
  /// Reads a time in the form of RFC 3339, such as `2026-03-01T14:00:00.25+01:00`, or a date.
  ///
  /// A date without a time is the first moment of that day in UTC. The fraction may have up to nine digits. All digits
  /// after the sixth digit are ignored. Returns nil for other forms, and for days and times that do not exist.
  package init?(parsing text: some StringProtocol) {
    var rest = Array(text.utf8)[...]
    guard let year = Self.number(&rest, digits: 4), Self.take(&rest, "-"), let month = Self.number(&rest, digits: 2),
      Self.take(&rest, "-"), let day = Self.number(&rest, digits: 2), (1...12).contains(month),
      (1...Self.days(inMonth: month, of: year)).contains(day)
    else { return nil }
    var seconds = Self.daysSince1970(year, month, day) * 86_400
    guard !rest.isEmpty else {
      self.init(microseconds: seconds * 1_000_000)
      return
    }
    guard Self.take(&rest, "T") || Self.take(&rest, "t"), let hour = Self.number(&rest, digits: 2),
      Self.take(&rest, ":"),
      let minute = Self.number(&rest, digits: 2), Self.take(&rest, ":"), let second = Self.number(&rest, digits: 2),
      hour < 24, minute < 60, second < 60, let fraction = Self.fraction(&rest), let offset = Self.offset(&rest),
      rest.isEmpty
    else { return nil }
    seconds += hour * 3600 + minute * 60 + second - offset
    self.init(microseconds: seconds * 1_000_000 + fraction)
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

  /// Reads the fraction of the second, and returns the fraction in microseconds.
  ///
  /// Returns 0 if there is no fraction, and nil if the fraction is not valid.
  private static func fraction(_ rest: inout ArraySlice<UInt8>) -> Int64? {
    guard take(&rest, ".") else { return 0 }
    let digits = Array(rest.prefix { $0.isASCIIDigit })
    guard (1...9).contains(digits.count) else { return nil }
    rest = rest.dropFirst(digits.count)
    let six = (digits + Array(repeating: UInt8(ascii: "0"), count: 6)).prefix(6)
    return Int64(String(decoding: six, as: UTF8.self))
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
