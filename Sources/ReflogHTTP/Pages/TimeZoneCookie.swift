import Hummingbird
import ReflogWeb

/// The cookie that contains the time zone of the pages.
enum TimeZoneCookie {
  private static let name = "reflog_time_zone"
  /// The lifetime of the cookie in seconds: one year.
  private static let lifetime: Int64 = 31_536_000

  /// Returns the time zone in a request, or UTC if the request has no known time zone.
  static func zone(in request: Request, _ context: ReflogRequestContext) -> PageTimeZone {
    context.cookies.value(of: name, in: request).flatMap { PageTimeZone($0) } ?? .utc
  }

  static func setting(_ zone: PageTimeZone, _ context: ReflogRequestContext) -> String {
    context.cookies.setting(name, to: zone.name, seconds: lifetime, .strict)
  }
}
