import ReflogModel

/// A time on a page, in the formats that templates need.
///
/// View models create moments in UTC. A page converts its moments to its own time zone when it is rendered.
struct Moment: Sendable {
  /// The full date and time in UTC and in microseconds, for example `2026-11-23T09:15:02.123456Z`.
  ///
  /// Links and attributes for programs contain this text.
  let exact: String
  /// The full date and time with the offset of the zone, for example `2026-11-23T10:15:02.123456+01:00`.
  let full: String
  /// The day, for example `2026-11-23`.
  let day: String
  /// The time of day with seconds, for example `09:15:02`.
  let clock: String
  /// The day and the time of day, rounded up to the next millisecond, for example `2026-11-23 09:15:02.124`.
  ///
  /// A change that was made exactly at the moment is not later than the shown time. If the milliseconds are zero, they
  /// are left out.
  let fine: String
  /// The text in ``fine``. If clocks show this time twice because they are set back, the text also contains the offset
  /// of the zone, for example `2026-10-25 02:30:00 (+01:00)`.
  let distinct: String

  private let time: Timestamp

  /// Creates a moment in UTC.
  init(_ time: Timestamp) { self.init(time, in: .utc) }

  private init(_ time: Timestamp, in zone: PageTimeZone) {
    self.time = time
    exact = time.description
    let local = zone.local(time).description
    full = String(local.dropLast()) + zone.offsetText(at: time)
    day = String(local.prefix(10))
    clock = String(local.dropFirst(11).prefix(8))
    let whole = time.inMilliseconds(roundedUp: true)
    let shown = zone.local(whole).description
    let milliseconds = shown.dropFirst(20).prefix(3)
    fine =
      "\(shown.prefix(10)) \(shown.dropFirst(11).prefix(8))"
      + (milliseconds.allSatisfy { $0 == "0" } ? "" : ".\(milliseconds)")
    distinct = fine + (zone.isRepeated(whole) ? " (\(zone.offsetText(at: whole)))" : "")
  }

  /// Returns the same moment in a time zone.
  func shown(in zone: PageTimeZone) -> Moment { zone == .utc ? self : Moment(time, in: zone) }

  /// The texts by name, as templates read them.
  var texts: [String: String] {
    ["exact": exact, "full": full, "day": day, "clock": clock, "fine": fine, "distinct": distinct]
  }
}

extension Timestamp {
  /// Returns the time in whole milliseconds.
  ///
  /// - Parameter isRoundedUp: true to round to the next millisecond, and false to round to the previous millisecond.
  func inMilliseconds(roundedUp isRoundedUp: Bool) -> Timestamp {
    let part = (microseconds % 1000 + 1000) % 1000
    return Timestamp(microseconds: microseconds - part + (isRoundedUp && part > 0 ? 1000 : 0))
  }
}
