import FoundationEssentials
import ReflogModel

/// Times that browsers send.
enum PageTime {
  /// A time that is over.
  static func past(_ text: String) throws(FormError) -> Timestamp {
    guard !text.isEmpty else {
      throw FormError(description: "Which time is meant? Give one, such as 2026-03-01T09:00.")
    }
    guard let time = any(text), time <= Timestamp(Date()) else {
      throw FormError(description: "\(text) is no time that is over.")
    }
    return time
  }

  /// A day, or a time: as browsers send it, which is without a zone and then means UTC, or as Reflog writes it.
  static func any(_ text: String) -> Timestamp? {
    let clock = text.drop { $0 != "T" }
    let hasNoZone = !clock.isEmpty && !clock.hasSuffix("Z") && !clock.contains { $0 == "+" || $0 == "-" }
    let isWithoutSeconds = text.utf8.count == 16
    return Timestamp(parsing: hasNoZone ? text + (isWithoutSeconds ? ":00Z" : "Z") : text)
  }
}
