import FoundationEssentials
import ReflogModel
import ReflogWeb

/// Reads the times in requests from browsers.
enum PageTime {
  /// Returns the time in a text. A time without an offset is in the given time zone.
  ///
  /// Throws an error if the text is not a time, or if the time is not in the past.
  static func past(_ text: String, in zone: PageTimeZone = .utc) throws(FormError) -> Timestamp {
    guard !text.isEmpty else {
      throw FormError(description: "The time is missing. Give one such as 2026-03-01T09:00.")
    }
    guard let time = any(text, in: zone), time <= Timestamp(Date()) else {
      throw FormError(description: "'\(text)' is not a time in the past. Give one such as 2026-03-01T09:00.")
    }
    return time
  }

  /// Returns the time that a text contains, or nil if the text is neither a day nor a time.
  ///
  /// Browsers send times without a time zone. Such a time is read in the given time zone. A day means its first moment
  /// in the given time zone. A person can write a space between the day and the time, and leave out the seconds. The
  /// format in which Reflog writes times is accepted too.
  static func any(_ text: String, in zone: PageTimeZone = .utc) -> Timestamp? {
    let text = withoutSpace(text)
    guard isLocal(text) else { return Timestamp(parsing: text) }
    let isDay = isDay(text)
    let isWithoutSeconds = text.utf8.count == 16
    guard let local = Timestamp(parsing: isDay ? text : text + (isWithoutSeconds ? ":00Z" : "Z")) else { return nil }
    return moment(showing: local, in: zone)
  }

  /// Returns the end of a period that a person typed. If the text is a day, the end is the first moment of the next
  /// day. Otherwise it is the time itself.
  static func end(_ text: String, in zone: PageTimeZone) -> Timestamp? {
    guard isDay(text), let day = Timestamp(parsing: text) else { return any(text, in: zone) }
    // A filter can't express the day after the last day of the year 9999. For that day, the first moment of the day
    // itself is returned.
    return moment(showing: day.before(.seconds(-86_400)), in: zone) ?? moment(showing: day, in: zone)
  }

  /// Returns whether a text is a day or a time without an offset from UTC.
  static func isLocal(_ text: String) -> Bool {
    !FilterForm.Time.hasOffset(text)
  }

  /// Replaces a space between a day and a time with `T`.
  private static func withoutSpace(_ text: String) -> String {
    guard text.utf8.dropFirst(10).first == UInt8(ascii: " ") else { return text }
    return "\(text.prefix(10))T\(text.dropFirst(11))"
  }

  /// Returns whether a text has the length of a day such as `2026-03-01`.
  private static func isDay(_ text: String) -> Bool { text.utf8.count == 10 }

  /// Returns the moment at which clocks in the zone show a time. The result is nil if the moment has no valid text in
  /// UTC, for example in the year 10000.
  private static func moment(showing local: Timestamp, in zone: PageTimeZone) -> Timestamp? {
    Timestamp(parsing: zone.moment(showing: local).description)
  }
}
