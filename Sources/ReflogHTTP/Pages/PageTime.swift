import FoundationEssentials
import ReflogModel

/// Times that browsers send.
enum PageTime {
  /// A time that is over: as browsers send it, which is without a zone and then means UTC, or as Reflog writes it.
  static func past(_ text: String) throws(FormError) -> Timestamp {
    let isWithoutSeconds = text.utf8.count == 16
    let spelled =
      text.contains("T") && !text.hasSuffix("Z") && !text.contains("+")
      ? text + (isWithoutSeconds ? ":00Z" : "Z") : text
    guard let time = Timestamp(parsing: spelled), time <= Timestamp(Date()) else {
      throw FormError(description: "\(text.isEmpty ? "Nothing" : text) is no time that is over.")
    }
    return time
  }
}
