/// A period of whole days in UTC: a year, a quarter, a month, a day, or the days from a first day to a last day.
///
/// The days are in UTC, so that a name means the same period on every machine.
package struct Period: Hashable, Sendable {
  /// Examples of the accepted names, as a text for messages.
  package static let forms = "2026, 2026-Q3, 2026-07, 2026-07-14 or 2026-07-01..2026-09-30"

  /// The name of the period, for example `2026-Q3`.
  package let name: String
  /// The first moment of the period.
  package let start: Timestamp
  /// The first moment after the period.
  package let end: Timestamp

  /// Reads the name of a period.
  ///
  /// - Throws: ``PeriodError`` if the text has another form, or if the period ends earlier than it begins.
  package init(_ name: String) throws(PeriodError) {
    let dates = name.split(separator: "..", omittingEmptySubsequences: false).map(String.init)
    let bounds: (start: Timestamp, end: Timestamp)?
    if dates.count == 2 {
      bounds = Self.day(dates[0]).flatMap { first in Self.day(dates[1]).map { (first.start, $0.end) } }
    } else {
      bounds = Self.year(name) ?? Self.quarter(name) ?? Self.month(name) ?? Self.day(name)
    }
    guard let bounds else { throw PeriodError.unknownForm(name) }
    guard bounds.start < bounds.end else { throw PeriodError.endsTooEarly(name) }
    (self.name, start, end) = (name, bounds.start, bounds.end)
  }

  /// Reads the name of a period that has begun.
  ///
  /// - Parameters:
  ///   - name: The name of the period.
  ///   - now: The current time.
  /// - Throws: ``PeriodError`` if the text is not the name of a period, or if the whole period is in the future.
  package init(_ name: String, begunBy now: Timestamp) throws(PeriodError) {
    try self.init(name)
    guard start <= now else { throw PeriodError.notBegun(self) }
  }

  /// Returns the last quarter that ended before a moment.
  package static func quarter(before moment: Timestamp) -> Period {
    let digits = moment.description
    let year = Int(digits.prefix(4)) ?? 1970
    let month = Int(digits.dropFirst(5).prefix(2)) ?? 1
    let quarter = (month - 1) / 3
    let name = quarter == 0 ? "\(year - 1)-Q4" : "\(year)-Q\(quarter)"
    return (try? Period(name)) ?? Period(name: name, start: moment, end: moment)
  }

  private init(name: String, start: Timestamp, end: Timestamp) {
    (self.name, self.start, self.end) = (name, start, end)
  }

  /// The last day of the period, for example `2026-09-30`.
  package var lastDay: String { String(end.before(.microseconds(1)).description.prefix(10)) }

  /// The first day of the period, for example `2026-07-01`.
  package var firstDay: String { String(start.description.prefix(10)) }

  private static func year(_ text: String) -> (start: Timestamp, end: Timestamp)? {
    guard text.utf8.count == 4, let year = Int(text), let start = first(year, 1), let end = first(year + 1, 1) else {
      return nil
    }
    return (start, end)
  }

  private static func quarter(_ text: String) -> (start: Timestamp, end: Timestamp)? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 4, let year = Int(parts[0]), parts[1].utf8.count == 2,
      parts[1].first == "Q" || parts[1].first == "q", let quarter = Int(parts[1].dropFirst()),
      (1...4).contains(quarter), let start = first(year, quarter * 3 - 2), let end = first(year, quarter * 3 + 1)
    else { return nil }
    return (start, end)
  }

  private static func month(_ text: String) -> (start: Timestamp, end: Timestamp)? {
    guard text.utf8.count == 7, let start = Timestamp(parsing: text + "-01"), let year = Int(text.prefix(4)),
      let month = Int(text.suffix(2)), let end = first(year, month + 1)
    else { return nil }
    return (start, end)
  }

  private static func day(_ text: String) -> (start: Timestamp, end: Timestamp)? {
    guard text.utf8.count == 10, let start = Timestamp(parsing: text) else { return nil }
    return (start, start.before(.seconds(-86_400)))
  }

  /// Returns the first moment of a month.
  ///
  /// Month 13 is January of the next year.
  private static func first(_ year: Int, _ month: Int) -> Timestamp? {
    let (year, month) = month == 13 ? (year + 1, 1) : (year, month)
    let digits = String(year)
    guard digits.utf8.count <= 4, year > 0 else { return nil }
    let padded = String(repeating: "0", count: 4 - digits.utf8.count) + digits
    return Timestamp(parsing: "\(padded)-\(month < 10 ? "0" : "")\(month)-01")
  }
}

/// The reason why a text is refused as the name of a period.
package enum PeriodError: Error, Equatable, Sendable, CustomStringConvertible {
  case unknownForm(String)
  case endsTooEarly(String)
  case notBegun(Period)

  /// The problem, and examples of names of periods.
  package var description: String {
    switch self {
    case .unknownForm(let text): "'\(text.printable)' is not a period. Use \(Period.forms)."
    case .endsTooEarly(let text): "The period '\(text.printable)' ends earlier than it begins. Swap its dates."
    case .notBegun(let period):
      "The period '\(period.name)' has no changes, because it begins on \(period.firstDay) (UTC). Use a period that has "
        + "begun."
    }
  }
}
