/// The check of a URL before Reflog sends a secret to the URL, or reads keys from the URL.
///
/// Reflog checks all of these URLs with this type, so the rules are the same everywhere.
package enum SecretDestination {
  /// Returns whether Reflog is allowed to send a secret to a URL.
  ///
  /// The URL must use https, or its host must be this machine. The check accepts only plain URLs: no user, no
  /// backslash, no control character, and a host that every program reads in the same way. A URL such as
  /// `http://localhost:x@host` is therefore refused.
  package static func accepts(_ url: String) -> Bool {
    guard let (scheme, host) = parts(of: url) else { return false }
    return scheme == "https" || isLoopback(host)
  }

  /// Returns the host of a URL in lower case, or nil if Reflog is not allowed to send a secret to the URL.
  ///
  /// The result contains an IPv6 address without brackets.
  package static func host(of url: String) -> String? {
    guard accepts(url), let host = parts(of: url)?.host else { return nil }
    return host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
  }

  /// Returns whether an IP address leads only to this machine, to the same network link, or to a service of the cloud.
  ///
  /// This is true for loopback addresses, the unspecified address, link-local addresses and multicast addresses. A
  /// request to such an address could reach a service of this machine, or the service from which machines in a cloud
  /// get credentials (169.254.169.254). Two such services have other addresses: fd00:ec2::254 and 168.63.129.16. This
  /// method does not compare the address with the network interfaces of this machine.
  package static func isLocal(_ address: IPAddress) -> Bool {
    let bytes = address.bytes
    if cloudServices.contains(address.description) { return true }
    guard bytes.count == 16 else {
      return [0, 127].contains(bytes[0]) || bytes.starts(with: [169, 254]) || bytes[0] >= 224
    }
    // Some IPv6 addresses contain an IPv4 address: IPv4-compatible addresses (RFC 4291), and addresses that a gateway
    // translates (NAT64, RFC 6052). For these addresses, the contained IPv4 address decides.
    let embedded = bytes.suffix(4).map(String.init).joined(separator: ".")
    if bytes.dropLast(4).allSatisfy({ $0 == 0 }) || bytes.starts(with: [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) {
      return IPAddress(embedded).map(isLocal) ?? true
    }
    return bytes[0] == 0xFF || bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
  }

  /// Returns whether a host is this machine: `localhost`, or an address in 127.0.0.0/8, or `::1`.
  ///
  /// An IPv6 address can be in brackets.
  package static func isLoopback(_ host: String) -> Bool {
    let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    guard let address = IPAddress(bare) else { return host.asciiFolded == "localhost" }
    return address.bytes.count == 4 ? address.bytes[0] == 127 : address.bytes == loopback
  }

  /// The addresses of services in the clouds of Amazon and Microsoft. A machine in such a cloud gets its configuration
  /// and its credentials from the service.
  private static let cloudServices: Set = ["fd00:ec2::254", "168.63.129.16"]

  /// The bytes of the address `::1`.
  private static let loopback = [UInt8](repeating: 0, count: 15) + [1]

  /// Returns the scheme and the host of a plain http or https URL (RFC 3986 §3.2), or nil for any other URL.
  private static func parts(of url: String) -> (scheme: String, host: String)? {
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !#"\"<>^`{|}"#.utf8.contains($0) }) else { return nil }
    let folded = url.asciiFolded
    guard let scheme = ["https", "http"].first(where: { folded.hasPrefix($0 + "://") }) else { return nil }
    let authority = folded.dropFirst(scheme.count + 3).prefix { !"/?#".contains($0) }
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]"), isPort(authority[authority.index(after: end)...]) else {
        return nil
      }
      let host = String(authority[...end])
      return host.contains(":") && IPAddress(host.dropFirst().dropLast()) != nil ? (scheme, host) : nil
    }
    let host = authority.prefix { $0 != ":" }
    let isName = host.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "-._".utf8.contains($0) }
    return !host.isEmpty && isName && isPort(authority.dropFirst(host.count)) ? (scheme, String(host)) : nil
  }

  /// Returns whether a text is empty, or consists of a colon and a port number.
  private static func isPort(_ text: Substring) -> Bool {
    guard let colon = text.first else { return true }
    let digits = text.dropFirst()
    return colon == ":" && digits.utf8.allSatisfy(\.isASCIIDigit) && UInt16(digits) != nil
  }
}
