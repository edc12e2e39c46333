import ReflogModel

/// A time on a page: in UTC, for people and for machines.
struct Moment: Sendable {
  /// For example `2026-11-23T09:15:02.123456Z`.
  let exact: String
  /// For example `2026-11-23`.
  let day: String
  /// For example `09:15:02`.
  let clock: String
  /// The same to milliseconds, where it has any: for example `09:15:02.123`.
  let fine: String

  init(_ time: Timestamp) {
    exact = time.description
    day = String(exact.prefix(10))
    clock = String(exact.dropFirst(11).prefix(8))
    let milliseconds = exact.dropFirst(20).prefix(3)
    fine = milliseconds.allSatisfy { $0 == "0" } ? clock : "\(clock).\(milliseconds)"
  }
}
