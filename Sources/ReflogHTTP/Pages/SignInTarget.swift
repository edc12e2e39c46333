/// The page that a browser opens after the sign-in.
enum SignInTarget {
  /// The maximum length, in bytes, of the path of a page.
  ///
  /// Every URL of the filter form is shorter. A cookie has enough space for a path of this length.
  private static let length = 2000

  /// Returns the text if the text is certainly a path on this server, or `/` in all other cases.
  static func path(_ text: String?) -> String {
    guard let text, text.utf8.count <= length, text.hasPrefix("/"), !text.hasPrefix("//"),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C })
    else { return "/" }
    return text
  }
}
