import FoundationEssentials
import ReflogModel
import ReflogWeb

/// Reads the times that a person types in the fields of pages. A time has the same forms as on the command line.
struct PageTime {
  /// The zone of a time without an offset.
  private let zone: PageTimeZone
  private let now: Timestamp

  /// Creates a reader.
  ///
  /// - Parameters:
  ///   - zone: The zone of a time without an offset.
  ///   - now: The current time, for `today`, for `yesterday`, and for ages such as `2h`.
  init(in zone: PageTimeZone, now: Timestamp = Timestamp(Date())) {
    (self.zone, self.now) = (zone, now)
  }

  /// Returns the start and the end of the period that a text means.
  ///
  /// If the text is a day, the end is the start of the next day. If the text is a time, the start and the end are
  /// equal.
  ///
  /// - Parameters:
  ///   - text: The text that a person typed.
  ///   - field: The name of the field, for an error.
  func period(_ text: String, in field: String) throws(FormError) -> (start: Timestamp, end: Timestamp) {
    let start: Timestamp
    let end: Timestamp
    do { (start, end) = try zone.reader(now: now).period(text) } catch { throw self.error(error, text, field) }
    // A filter can't express a time outside of the years 0 to 9999, so such a start is refused. If the start is on the
    // last day, the next day can't be expressed, so the end is equal to the start.
    guard Self.hasText(start) else { throw error(.unknownForm, text, field) }
    return (start, Self.hasText(end) ? end : start)
  }

  /// Returns the time in a text. A day means its first moment.
  ///
  /// The method throws if the text is not a time, or if the time is not in the past.
  func past(_ text: String, in field: String) throws(FormError) -> Timestamp {
    guard !text.isEmpty else { throw FormError("The time is missing. Enter one such as 2026-03-01 09:00.", in: field) }
    let time = try period(text, in: field).start
    guard time <= now else { throw FormError("'\(text)' is in the future. Enter a time in the past.", in: field) }
    return time
  }

  /// Returns the time in the future that a text means. A duration such as `8h` begins now.
  func future(_ text: String, in field: String) throws(FormError) -> (start: Timestamp, end: Timestamp) {
    if let moment = zone.reader(now: now).moment(in: text) { return (moment, moment) }
    return try period(text, in: field)
  }

  /// Returns the fields of a URL with days and moments in place of texts such as `today` and `2h`.
  ///
  /// The links of a page contain these fields. So a link selects the same items when a person follows the link later.
  static func absolute(
    _ fields: [String: String],
    _ names: [String],
    now: Timestamp = Timestamp(Date())
  ) -> [String: String] {
    guard let zone = try? PageTimeZone(ofTimesIn: fields) else { return fields }
    let reader = zone.reader(now: now)
    return names.reduce(into: fields) { fields, name in fields[name] = fields[name].map(reader.absolute) }
  }

  /// Returns whether the text of a moment can be read as a time.
  private static func hasText(_ moment: Timestamp) -> Bool { Timestamp(parsing: moment.description) != nil }

  private func error(_ problem: TimeText.Problem, _ text: String, _ field: String) -> FormError {
    let advice = "Add an offset from UTC, such as Z or +01:00."
    return switch problem {
    case .unknownForm: FormError("'\(text)' \(problem).", in: field)
    case .skipped: FormError("'\(text)' does not exist, because clocks in \(zone.name) skip it. \(advice)", in: field)
    case .ambiguous:
      FormError("'\(text)' exists twice, because clocks in \(zone.name) are set back. \(advice)", in: field)
    }
  }
}
