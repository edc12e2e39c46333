import Foundation
package import ReflogModel

/// The time zone in which pages show times.
package struct PageTimeZone: Sendable, Equatable {
  /// The name of the zone in the IANA time zone database, such as `Europe/Berlin`, or `UTC`.
  package let name: String
  /// The rules of the zone, or nil for UTC.
  private let rules: TimeZone?

  /// Coordinated Universal Time.
  package static let utc = PageTimeZone(name: "UTC", rules: nil)

  /// The names that the form for the time zone proposes.
  ///
  /// The form accepts every name of the IANA database. A list of all names would make each page larger by 10 KB.
  static let proposals = [
    "UTC", "Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "America/Mexico_City", "America/New_York", "America/Sao_Paulo", "America/Toronto",
    "Asia/Dubai", "Asia/Hong_Kong", "Asia/Jakarta", "Asia/Karachi", "Asia/Kolkata", "Asia/Seoul", "Asia/Shanghai",
    "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney", "Europe/Amsterdam", "Europe/Berlin", "Europe/Istanbul",
    "Europe/London", "Europe/Madrid", "Europe/Paris", "Europe/Rome", "Europe/Stockholm", "Europe/Warsaw",
    "Europe/Zurich", "Pacific/Auckland",
  ]

  /// The names without a slash in the IANA database.
  ///
  /// Abbreviations such as `BST` are not accepted, although Foundation knows them. They mean different zones in
  /// different countries.
  static let namesWithoutSlash = [
    "CET", "CST6CDT", "Cuba", "EET", "EST", "EST5EDT", "Egypt", "Eire", "GB", "GB-Eire", "GMT", "GMT+0", "GMT-0",
    "GMT0", "Greenwich", "HST", "Hongkong", "Iceland", "Iran", "Israel", "Jamaica", "Japan", "Kwajalein", "Libya",
    "MET", "MST", "MST7MDT", "NZ", "NZ-CHAT", "Navajo", "PRC", "PST8PDT", "Poland", "Portugal", "ROC", "ROK",
    "Singapore", "Turkey", "UCT", "Universal", "W-SU", "WET", "Zulu",
  ]

  /// The known names. The key is the name in lower case.
  private static let names = Dictionary(
    (TimeZone.knownTimeZoneIdentifiers + proposals + namesWithoutSlash).map { ($0.asciiFolded, $0) }
  ) { first, _ in first }

  /// Returns whether a text can be an old name, such as `US/Pacific`: a name with a slash that is not in Foundation's
  /// list.
  private static func isOldName(_ text: String) -> Bool {
    text.contains("/") && text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "_+-/".utf8.contains($0) }
  }

  /// Creates the zone with a name, or returns nil if the name is unknown.
  ///
  /// A space counts as an underscore. The case of letters is ignored, except in old names such as `US/Pacific`.
  package init?(_ text: String) {
    let name = text.replacing(" ", with: "_")
    let folded = name.asciiFolded
    if ["utc", "etc/utc"].contains(folded) {
      self = .utc
    } else {
      guard let name = Self.names[folded] ?? (Self.isOldName(name) ? name : nil),
        let rules = TimeZone(identifier: name)
      else { return nil }
      self.init(name: name, rules: rules)
    }
  }

  private init(name: String, rules: TimeZone?) {
    (self.name, self.rules) = (name, rules)
  }

  /// Returns a reader for the times that a person types. A time without an offset is in this zone.
  ///
  /// - Parameter now: the current time.
  package func reader(now: Timestamp) -> TimeText {
    TimeText(now: now) { offset(at: Timestamp(microseconds: $0 * 1_000_000)) }
  }

  /// Returns whether clocks in the zone show the time of a moment twice, because they are set back.
  func isRepeated(_ moment: Timestamp) -> Bool {
    let local = self.local(moment)
    let (early, late) = moments(showing: local)
    return early != late && self.local(early) == local && self.local(late) == local
  }

  /// Returns the two moments that a local time can mean: the first with the offset of the previous day, the second with
  /// the offset of the next day.
  ///
  /// The moments are equal if the offset does not change. No zone changes its offset twice within two days.
  private func moments(showing local: Timestamp) -> (early: Timestamp, late: Timestamp) {
    let before = offset(at: local.before(.seconds(Self.day)))
    let after = offset(at: local.before(.seconds(-Self.day)))
    return (local.before(.seconds(before)), local.before(.seconds(after)))
  }

  /// Returns the text with which a field of a form shows a moment.
  ///
  /// The text is the time in the zone with milliseconds, such as `2026-07-01 14:00:00.250`. If the milliseconds are
  /// zero, they are left out. If clocks show the time twice, the text also contains the offset from UTC, such as
  /// `2026-10-25 02:30:00+01:00`.
  ///
  /// - Parameters:
  ///   - moment: the moment.
  ///   - roundedUp: true to round to the next millisecond, and false to round to the previous millisecond.
  package func field(_ moment: Timestamp, roundedUp: Bool) -> String {
    let whole = moment.inMilliseconds(roundedUp: roundedUp)
    return Moment(whole).shown(in: self).fine + (isRepeated(whole) ? offsetText(at: whole) : "")
  }

  /// Returns the time that clocks in the zone show at a moment, written as if it were UTC.
  package func local(_ moment: Timestamp) -> Timestamp { moment.before(.seconds(-offset(at: moment))) }

  /// Returns the offset from UTC at a moment in the form of RFC 3339, such as `+01:00`, or `Z` for UTC.
  func offsetText(at moment: Timestamp) -> String {
    guard rules != nil else { return "Z" }
    let minutes = offset(at: moment) / 60
    func digits(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }
    return (minutes < 0 ? "-" : "+") + digits(abs(minutes) / 60) + ":" + digits(abs(minutes) % 60)
  }

  private static let day: Int64 = 86_400
  /// The seconds since 1970 of the years 1 to 9999. For other moments, the offset is 0.
  private static let years: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  /// Returns the offset from UTC at a moment, in seconds.
  ///
  /// The offset is positive if clocks in the zone are ahead of UTC.
  private func offset(at moment: Timestamp) -> Int64 {
    let seconds = moment.microseconds / 1_000_000
    guard let rules, Self.years.contains(seconds) else { return 0 }
    return Int64(rules.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
  }
}
