/// The page that a browser opens after the sign-in.
enum SignInTarget {
  /// The maximum bytes of a path: more than any filter form makes, and few enough for a cookie.
  private static let length = 2000

  /// Returns a path of this server, or `/` if the text could be read as a URL of another server.
  static func path(_ text: String?) -> String {
    guard let text, text.utf8.count <= length, text.hasPrefix("/"), !text.hasPrefix("//"),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C })
    else { return "/" }
    return text
  }
}
