/// Where a browser goes on to once somebody is signed in.
enum SignInTarget {
  /// More than any form makes of a filter, and so little that it fits a cookie.
  private static let length = 2000

  /// A path of this server, and nothing that a browser could take for another.
  static func path(_ text: String?) -> String {
    guard let text, text.utf8.count <= length, text.hasPrefix("/"), !text.hasPrefix("//"),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C })
    else { return "/" }
    return text
  }
}
