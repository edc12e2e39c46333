/// Reads the times that a person writes on the command line and in the fields of pages.
///
/// A time without a zone is a local time. A text that has another form, or that could mean two times, is refused. So
/// Reflog uses a time only if its meaning is certain.
package struct TimeText: Sendable {
  /// Examples of the accepted forms, as a text for messages.
  package static let forms =
    "2026-11-23, 2026-11-23T14:00, 2026-11-23T14:00:00Z, today, yesterday, or an age such as 30m, 2h or 7d"

  /// The reason why a text is refused as a time, as a clause without a full stop.
  package enum Problem: Error, Equatable, CustomStringConvertible {
    case unknownForm
    /// The local clocks never show this time, because the clocks are set forward and skip this time.
    case skipped
    /// The local clocks show this time twice, because the clocks are set back.
    case ambiguous

    package var description: String {
      switch self {
      case .unknownForm: "is not a time. Use \(TimeText.forms)"
      case .skipped: "does not exist, because the local clocks skip this time. Add a zone, for example Z or +01:00"
      case .ambiguous: "exists twice, because the local clocks are set back. Add a zone, for example Z or +01:00"
      }
    }
  }

  private let now: Timestamp
  private let offset: @Sendable (Int64) -> Int64

  /// Creates a reader.
  ///
  /// - Parameters:
  ///   - now: The current time, for `today`, `yesterday` and ages.
  ///   - offset: A function that returns the offset, in seconds, of the local time from UTC. The argument is a moment,
  ///     in seconds since 1970 in UTC.
  package init(now: Timestamp, offset: @escaping @Sendable (Int64) -> Int64) {
    self.now = now
    self.offset = offset
  }

  /// Returns the start and the end of the period that a text means.
  ///
  /// If the text is a day, the end is the start of the next day. If the text is a time, the start and the end are
  /// equal.
  package func period(_ text: String) throws(Problem) -> (start: Timestamp, end: Timestamp) {
    switch text {
    case "today": return day(localDay(now))
    case "yesterday": return day(localDay(now) - 1)
    default: break
    }
    if let age = age(text) {
      let moment = now.before(age)
      guard moment.microseconds >= 0 else { throw .unknownForm }
      return (moment, moment)
    }
    let bytes = Array(text.utf8)
    if bytes.count == 10, let date = Timestamp(parsing: text) { return day(date.microseconds / Self.dayLength) }
    guard bytes.count > 11, [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")].contains(bytes[10]) else {
      throw .unknownForm
    }
    let date = String(decoding: bytes[..<10], as: UTF8.self)
    let moment = try moment(on: date, String(decoding: bytes[11...], as: UTF8.self))
    return (moment, moment)
  }

  /// Returns the moment that is a duration later than now, for example the moment in 2 hours for the text `2h`.
  ///
  /// Returns nil if the text is not a number of minutes, hours or days.
  package func moment(in text: String) -> Timestamp? {
    age(text).map { now.before(.zero - $0) }
  }

  /// Returns a text that has the same meaning at every later time.
  ///
  /// For `today` and `yesterday`, the result is the day. For an age such as `2h`, the result is the moment in UTC, in
  /// whole seconds. All other texts are returned without a change.
  package func absolute(_ text: String) -> String {
    switch text {
    case "today": return Self.date(localDay(now))
    case "yesterday": return Self.date(localDay(now) - 1)
    default:
      guard age(text) != nil, let moment = try? period(text).start else { return text }
      return Timestamp(microseconds: moment.microseconds / 1_000_000 * 1_000_000).description
    }
  }

  /// Returns whether a text is a day, such as `2026-11-23`.
  package static func isDay(_ text: String) -> Bool { text.utf8.count == 10 && Timestamp(parsing: text) != nil }

  /// Returns the text of a day, such as `2026-11-23`.
  private static func date(_ day: Int64) -> String {
    String(Timestamp(microseconds: day * dayLength).description.prefix(10))
  }

  private static let dayLength: Int64 = 86_400_000_000

  /// Reads a time of a day with an optional zone.
  ///
  /// The forms of the time are `14:00`, `14:00:00` and `14:00:00.25`. The forms of the zone are `Z`, `+01:00`, `+0100`
  /// and `+01`.
  private func moment(on date: String, _ text: String) throws(Problem) -> Timestamp {
    let clock = text.prefix { $0.isASCII && ($0.isNumber || $0 == ":" || $0 == ".") }
    let seconds = clock.utf8.count == 5 ? "\(clock):00" : String(clock)
    let digits = text.dropFirst(clock.count + 1)
    let zone =
      switch (text.dropFirst(clock.count).first, digits.utf8.count) {
      case (nil, _), ("Z"?, 0), ("z"?, 0): "Z"
      case (let sign?, 2) where sign == "+" || sign == "-": "\(sign)\(digits):00"
      case (let sign?, 4) where sign == "+" || sign == "-": "\(sign)\(digits.prefix(2)):\(digits.suffix(2))"
      case (let sign?, 5) where sign == "+" || sign == "-": "\(sign)\(digits)"
      default: ""
      }
    guard let moment = Timestamp(parsing: "\(date)T\(seconds)\(zone)") else { throw .unknownForm }
    guard clock.count == text.count else { return moment }
    let found = moments(ofLocal: moment)
    guard let only = found.first else { throw .skipped }
    guard found.count == 1 else { throw .ambiguous }
    return only
  }

  /// Reads an age: a number and `m`, `h` or `d`.
  private func age(_ text: String) -> Duration? {
    let digits = text.dropLast()
    guard (1...6).contains(digits.utf8.count), digits.utf8.allSatisfy(\.isASCIIDigit), let number = Int64(digits) else {
      return nil
    }
    switch text.last {
    case "m": return .seconds(number * 60)
    case "h": return .seconds(number * 3600)
    case "d": return .seconds(number * 86_400)
    default: return nil
    }
  }

  /// Returns the number of the local day at a moment, in days since 1970-01-01.
  private func localDay(_ moment: Timestamp) -> Int64 {
    let seconds = moment.microseconds / 1_000_000
    return (seconds + offset(seconds)) / 86_400
  }

  private func day(_ number: Int64) -> (start: Timestamp, end: Timestamp) { (start(of: number), start(of: number + 1)) }

  /// Returns the first moment of a local day.
  private func start(of day: Int64) -> Timestamp {
    let midnight = Timestamp(microseconds: day * Self.dayLength)
    if let first = moments(ofLocal: midnight).first { return first }
    // The local clocks never show midnight on this day, so the day begins when the clocks are set forward. With the
    // offset of the day before, midnight is converted to that moment.
    let before = offset(midnight.microseconds / 1_000_000 - 86_400)
    return Timestamp(microseconds: midnight.microseconds - before * 1_000_000)
  }

  /// Returns the moments at which the local clocks show a time, from earliest to latest: none, one or two.
  ///
  /// - Parameter local: The local time, written as if it were UTC.
  private func moments(ofLocal local: Timestamp) -> [Timestamp] {
    let seconds = local.microseconds / 1_000_000
    let offsets = Set([offset(seconds - 86_400), offset(seconds + 86_400)])
    return offsets.filter { offset(seconds - $0) == $0 }
      .map { Timestamp(microseconds: local.microseconds - $0 * 1_000_000) }
      .sorted()
  }
}
