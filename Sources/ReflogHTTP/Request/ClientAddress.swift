import Hummingbird
package import ReflogModel

/// The proxies in front of this server, and the public URL of this server.
package struct ProxySettings: Sendable {
  /// The URL that clients use for this server, without a slash at the end.
  ///
  /// If it is nil, the URL is built from the `Host` of each request.
  package let publicURL: String?
  /// The proxies whose forwarding headers Reflog trusts.
  package let trusted: [AddressBlock]
  /// The scheme that this server itself serves: `http` or `https`.
  package let scheme: String

  /// Creates the settings.
  package init(publicURL: String?, trusted: [AddressBlock], scheme: String) {
    self.publicURL = publicURL
    self.trusted = trusted
    self.scheme = scheme
  }

  /// The settings without a proxy: clients connect to this server directly, over HTTP.
  package static let direct = ProxySettings(publicURL: nil, trusted: [], scheme: "http")

  /// Returns the address of the client, or nil if the peer's address is unknown.
  ///
  /// If the peer is not a trusted proxy, the peer is the client. If the peer is a trusted proxy, a header contains a
  /// list of addresses: `X-Forwarded-For`, or the `for` values of `Forwarded` (RFC 7239). The client is the last
  /// address in the list that does not belong to a trusted proxy. The list is read from the end, because each proxy
  /// appends the address of its peer. The client can write any text in front of these addresses. Reading stops at an
  /// entry that is not an address. If both headers are present, no header is used, because the client may have written
  /// one of them.
  func clientAddress(peer: String?, _ request: Request) -> String? {
    guard let peer, !trusted.isEmpty, isTrusted(peer) else { return peer }
    var known = peer
    for hop in Self.hops(request).reversed() {
      guard let address = hop.flatMap({ IPAddress(forwarded: $0) })?.description else { return known }
      if !isTrusted(address) { return address }
      known = address
    }
    return known
  }

  private func isTrusted(_ address: String) -> Bool {
    guard let address = IPAddress(address) else { return false }
    return trusted.contains { $0.contains(address) }
  }

  /// Returns the addresses that the proxies report, in order.
  ///
  /// An entry is nil if it contains no readable address.
  private static func hops(_ request: Request) -> [Substring?] {
    switch (request.headers[.forwarded], request.headers[.forwardedFor]) {
    case (let header?, nil):
      header.split(separator: ",", omittingEmptySubsequences: false).map { element in
        element.split(separator: ";").first { $0.trimmed.lowercased().hasPrefix("for=") }?.trimmed.dropFirst(4)
      }
    case (nil, let header?): header.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
    case (nil, nil), (_?, _?): []
    }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}
