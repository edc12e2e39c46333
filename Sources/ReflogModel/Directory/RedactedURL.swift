/// Returns a URL without the parts that can contain secrets, such as a password or an access key.
///
/// The result can be recorded. User and password become `…@`. Query and fragment become `?…` or `#…`.
///
/// The function compares bytes and not characters. If a combining mark follows a delimiter, the two form one character,
/// and this character is not equal to the delimiter. So a comparison of characters would miss the delimiter.
package func redactedURL(_ url: String) -> String {
  let parts = URLSecrets(url)
  let hidden = Array("…".utf8)
  let (bytes, user) = (parts.bytes, parts.user)
  let shown =
    bytes[..<user.lowerBound] + (user.isEmpty ? [] : hidden[...]) + bytes[user.upperBound..<parts.end]
    + (parts.end == bytes.endIndex ? [] : [bytes[parts.end]] + hidden)
  return String(decoding: shown, as: UTF8.self)
}

/// The parts of a URL that can contain secrets, such as a password or an access key.
struct URLSecrets {
  let bytes: [UInt8]
  /// The range of the user and the password, or an empty range if the URL has no user.
  let user: Range<Int>
  /// The position of the query or the fragment, or the end of the URL.
  let end: Int

  /// Finds the parts that can contain secrets.
  ///
  /// The URL can be invalid. Programs read an invalid URL in different ways, so this type also finds the parts of an
  /// invalid URL.
  init(_ url: String) {
    bytes = Array(url.utf8)
    end = bytes.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? bytes.endIndex
    let start = Self.authorityStart(bytes[..<end])
    let slash = bytes[start..<end].firstIndex(of: UInt8(ascii: "/")) ?? end
    // Usually the first slash is the end of the user and the host. But a password can contain a slash, as in
    // `https://user:se/cret@host`. Then the text in front of the first slash has a colon that no port follows.
    let limit = Self.hasPort(bytes[start..<slash]) ? slash : end
    let at = bytes[start..<limit].lastIndex(of: UInt8(ascii: "@"))
    user = start..<(at ?? start)
  }

  /// The texts to hide: the user with the password, and the password alone. Empty texts are omitted.
  var userTexts: [String] {
    let password = bytes[user].split(separator: UInt8(ascii: ":"), maxSplits: 1).dropFirst()
    return ([bytes[user]] + password).filter { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Returns the position at which the user or the host begins.
  ///
  /// The position is after the scheme and after all slashes, backslashes and spaces that follow the scheme, because
  /// some programs read `https:\host` as `https://host`. A text that begins with a single slash is a path, which has no
  /// user.
  private static func authorityStart(_ bytes: ArraySlice<UInt8>) -> Int {
    let colon = bytes.firstIndex { !($0.isASCIILetter || $0.isASCIIDigit || "+-.".utf8.contains($0)) }
    let scheme = colon.flatMap { bytes[$0] == UInt8(ascii: ":") ? $0 + 1 : nil }
    let start = scheme ?? bytes.startIndex
    let name = bytes[start...].firstIndex { !isSeparator($0) } ?? bytes.endIndex
    let isPath = scheme == nil && name == start + 1 && bytes[start] == UInt8(ascii: "/")
    return isPath ? bytes.endIndex : name
  }

  private static func isSeparator(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == 0x2F || byte == 0x5C }

  /// Returns whether the text in front of a slash is complete: the slash is not a part of a password.
  ///
  /// The text is complete if it contains `@`, begins with `[`, has no colon, or has only digits after the first colon.
  private static func hasPort(_ authority: ArraySlice<UInt8>) -> Bool {
    guard !authority.contains(UInt8(ascii: "@")), authority.first != UInt8(ascii: "["),
      let colon = authority.firstIndex(of: UInt8(ascii: ":"))
    else { return true }
    return authority[(colon + 1)...].allSatisfy(\.isASCIIDigit)
  }
}
