import FoundationEssentials
import ReflogModel

/// Times that browsers send.
enum PageTime {
  /// A time that is over.
  static func past(_ text: String) throws(FormError) -> Timestamp {
    guard let time = any(text), time <= Timestamp(Date()) else {
      throw FormError(description: "\(text.isEmpty ? "Nothing" : text) is no time that is over.")
    }
    return time
  }

  /// A day, or a time: as browsers send it, which is without a zone and then means UTC, or as Reflog writes it.
  static func any(_ text: String) -> Timestamp? {
    let hasNoZone = text.contains("T") && !text.hasSuffix("Z") && !text.contains("+")
    let isWithoutSeconds = text.utf8.count == 16
    return Timestamp(parsing: hasNoZone ? text + (isWithoutSeconds ? ":00Z" : "Z") : text)
  }
}
