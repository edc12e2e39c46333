/// How much Reflog reads of a request.
enum RequestLimits {
  /// A reference, a connector or a flow is a few hundred bytes; this leaves room for long URLs.
  static let body = 64 * 1024
  /// A page of a user flow's language, in HTML or JSON.
  static let passedOnBody = 1024 * 1024
  /// As long as a good commit message in any script.
  static let reasonBytes = 4000
}
