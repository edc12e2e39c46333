/// The page that a browser opens after the sign-in.
enum SignInTarget {
  /// The maximum length of a path in bytes.
  ///
  /// Every URL of the filter form is shorter, and a path of this length fits into a cookie.
  private static let length = 2000

  /// Returns the text if it is a path on this server, or `/` if a browser could read it as a URL of another server.
  static func path(_ text: String?) -> String {
    guard let text, text.utf8.count <= length, text.hasPrefix("/"), !text.hasPrefix("//"),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C })
    else { return "/" }
    return text
  }
}
