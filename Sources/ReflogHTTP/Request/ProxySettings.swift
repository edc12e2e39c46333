import HTTPTypes
package import ReflogModel

/// The proxies in front of this server, and the public URL of this server.
package struct ProxySettings: Sendable {
  /// The URL that a client uses for this server, without a slash at the end.
  ///
  /// If the value is nil, the URL is built from each request.
  package let publicURL: String?
  /// The path below which clients reach this server, such as `/reflog`, or an empty text.
  package let basePath: String
  /// The proxies whose forwarding headers Reflog trusts.
  package let trusted: [AddressBlock]
  /// The scheme with which this server itself accepts connections: `http` or `https`.
  package let scheme: String

  /// Creates the settings.
  package init(publicURL: String?, basePath: String = "", trusted: [AddressBlock], scheme: String) {
    self.publicURL = publicURL
    self.basePath = basePath
    self.trusted = trusted
    self.scheme = scheme
  }

  /// The settings without a proxy: clients connect to this server directly, over HTTP.
  package static let direct = ProxySettings(publicURL: nil, trusted: [], scheme: "http")

  /// The client of a request, according to the connection and the headers of trusted proxies.
  struct Client: Equatable {
    /// The client's IP address, or nil if the address is unknown.
    var ipAddress: String?
    /// The scheme that the client used: `http` or `https`.
    var scheme: String
    /// The `host:port` that the client used.
    ///
    /// If the value is nil, the `Host` header of the request contains the `host:port`.
    var authority: String?
    /// Whether a trusted proxy sent a value that can't be used.
    var isUnreadable = false
  }

  /// Returns the client of a request.
  ///
  /// If the peer is not a trusted proxy, the peer is the client. If the peer is a trusted proxy, the client is the last
  /// address in the proxy's headers that does not belong to a trusted proxy. The addresses are read from the end,
  /// because each proxy appends the address of its peer. The client can write any text in front of these addresses.
  /// Reading stops at an entry that is not an address. The scheme and the host are the values from the proxy to which
  /// the client connected.
  func client(peer: String?, _ headers: HTTPFields) -> Client {
    var client = Client(ipAddress: peer, scheme: scheme)
    // Only an IPv6 address can be written in several forms, so only an IPv6 address is converted to its canonical form.
    if let peer, peer.utf8.contains(UInt8(ascii: ":")) { client.ipAddress = IPAddress(peer)?.description ?? peer }
    guard !trusted.isEmpty, let peer, isTrusted(peer) else { return client }
    let forwarding = ForwardingHeaders(headers)
    client.isUnreadable = forwarding.isUnreadable
    var nearest: ForwardingHeaders.Hop?
    for hop in forwarding.hops.reversed() {
      nearest = hop
      guard let node = hop.node else { break }
      guard let address = IPAddress(forwarded: node)?.description else {
        client.isUnreadable = true
        break
      }
      client.ipAddress = address
      if !isTrusted(address) { break }
    }
    if let nearest { use(nearest, for: &client) }
    return client
  }

  private func use(_ hop: ForwardingHeaders.Hop, for client: inout Client) {
    switch hop.scheme?.lowercased() {
    case nil: break
    case "http"?: client.scheme = "http"
    case "https"?: client.scheme = "https"
    case _?: client.isUnreadable = true
    }
    switch hop.authority {
    case nil: break
    case let authority? where Authority.isValid(authority): client.authority = authority
    case _?: client.isUnreadable = true
    }
  }

  private func isTrusted(_ address: String) -> Bool {
    guard let address = IPAddress(address) else { return false }
    return trusted.contains { $0.contains(address) }
  }
}
