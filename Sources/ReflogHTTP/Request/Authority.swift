import ReflogModel

/// The part of a URL with the host and the port, such as `reflog.example:8080` or `[2001:db8::1]` (RFC 3986 §3.2).
enum Authority {
  /// Returns whether a text is a host with an optional port.
  ///
  /// The host is a name of letters, digits, `-`, `.`, `_` and `~`, or an IP address. A user name is not allowed.
  static func isValid(_ text: String) -> Bool {
    var rest = text.utf8[...]
    if rest.first == UInt8(ascii: "[") {
      guard let end = rest.firstIndex(of: UInt8(ascii: "]")), rest[..<end].contains(UInt8(ascii: ":")),
        IPAddress(Substring(rest[..<end]).dropFirst()) != nil
      else { return false }
      rest = rest[rest.index(after: end)...]
    } else {
      let name = rest.prefix { $0 != UInt8(ascii: ":") }
      guard !name.isEmpty, name.count <= 255, name.allSatisfy(\.isUnreserved) else { return false }
      rest = rest[name.endIndex...]
    }
    guard let colon = rest.first else { return true }
    let port = rest.dropFirst()
    return colon == UInt8(ascii: ":") && port.count <= 5 && port.allSatisfy(\.isASCIIDigit)
      && (port.isEmpty || UInt16(Substring(port)) != nil)
  }
}
