import FoundationEssentials
import ReflogModel

/// Reads the times in requests from browsers.
enum PageTime {
  /// Returns the past time that a text contains.
  ///
  /// The method throws an error if the text is not a time, or if the time is not in the past.
  static func past(_ text: String) throws(FormError) -> Timestamp {
    guard !text.isEmpty else {
      throw FormError(description: "The time is missing. Give one such as 2026-03-01T09:00.")
    }
    guard let time = any(text), time <= Timestamp(Date()) else {
      throw FormError(description: "'\(text)' is not a time in the past. Give one such as 2026-03-01T09:00.")
    }
    return time
  }

  /// Returns the time that a text contains, or nil if the text is neither a day nor a time.
  ///
  /// Browsers send times without a time zone. These times are read as UTC. The format in which Reflog writes times is
  /// accepted too.
  static func any(_ text: String) -> Timestamp? {
    let clock = text.drop { $0 != "T" }
    let hasNoZone = !clock.isEmpty && !clock.hasSuffix("Z") && !clock.contains { $0 == "+" || $0 == "-" }
    let isWithoutSeconds = text.utf8.count == 16
    return Timestamp(parsing: hasNoZone ? text + (isWithoutSeconds ? ":00Z" : "Z") : text)
  }
}
