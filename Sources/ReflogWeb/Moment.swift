import ReflogModel

/// A time on a page, in UTC, in the formats that templates need.
struct Moment: Sendable {
  /// The date and the time with microseconds, for example `2026-11-23T09:15:02.123456Z`.
  let exact: String
  /// The day, for example `2026-11-23`.
  let day: String
  /// The time of day with seconds, for example `09:15:02`.
  let clock: String
  /// The time of day with milliseconds, for example `09:15:02.123`.
  ///
  /// The milliseconds are left out if they are zero.
  let fine: String

  init(_ time: Timestamp) {
    exact = time.description
    day = String(exact.prefix(10))
    clock = String(exact.dropFirst(11).prefix(8))
    let milliseconds = exact.dropFirst(20).prefix(3)
    fine = milliseconds.allSatisfy { $0 == "0" } ? clock : "\(clock).\(milliseconds)"
  }
}
