import HTTPTypes

/// The headers in which proxies describe the client of a request: `Forwarded` (RFC 7239), or `X-Forwarded-For`,
/// `X-Forwarded-Proto` and `X-Forwarded-Host`.
struct ForwardingHeaders {
  /// The description that a proxy wrote about its peer, which sent the request to the proxy.
  struct Hop: Equatable {
    /// The text that the proxy wrote as the peer's address, or nil if the proxy wrote no address.
    var node: String?
    /// The scheme that the peer used, or nil if the proxy wrote no scheme.
    var scheme: String?
    /// The `host:port` that the peer used, or nil if the proxy wrote no host.
    var authority: String?
  }

  /// The descriptions in the order in which the proxies wrote them.
  private(set) var hops: [Hop] = []
  /// Whether a header can't be used.
  ///
  /// The value is true if a header has an invalid form, or if both kinds of headers are present, because it is then
  /// unknown which kind the proxy wrote.
  private(set) var isUnreadable = false

  init(_ headers: HTTPFields) {
    guard let forwarded = headers[.forwarded] else {
      hops = Self.otherHops(headers)
      return
    }
    let elements = forwarded.headerParts(separatedBy: UInt8(ascii: ",")).map(Self.hop)
    // A proxy that writes `Forwarded` appends a valid element. If the last element is not valid, the client wrote this
    // header. The trusted proxy then writes the headers that begin with `X-Forwarded-`, so they are read.
    guard let last = elements.last, last != nil else {
      (hops, isUnreadable) = (Self.otherHops(headers), true)
      return
    }
    // A client can add the header that the proxy does not write. If both headers are present, it is unknown which
    // header the proxy wrote.
    isUnreadable = headers[.forwardedFor] != nil
    if !isUnreadable { hops = elements.map { $0 ?? Hop(node: "") } }
  }

  /// Reads an element of `Forwarded`, or returns nil if the element is not valid.
  private static func hop(_ element: String) -> Hop? {
    var hop = Hop()
    var names: Set<String> = []
    for part in element.headerParts(separatedBy: UInt8(ascii: ";")) {
      guard let (name, value) = part.headerParameter, names.insert(name).inserted else { return nil }
      switch name {
      case "for": hop.node = value
      case "proto": hop.scheme = value
      case "host": hop.authority = value
      default: break
      }
    }
    return hop
  }

  /// Reads `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`.
  ///
  /// Each header is a list. Each proxy appends a value to a list, or replaces the list. So the last values of the lists
  /// belong together. If one list is shorter than another list, the first value of the shorter list is also used for
  /// the earlier hops.
  private static func otherHops(_ headers: HTTPFields) -> [Hop] {
    func list(_ name: HTTPField.Name) -> [String] {
      headers[name].map { $0.headerParts(separatedBy: UInt8(ascii: ",")) } ?? []
    }
    let (nodes, schemes, authorities) = (list(.forwardedFor), list(.forwardedProto), list(.forwardedHost))
    guard !nodes.isEmpty || !schemes.isEmpty || !authorities.isEmpty else { return [] }
    let count = max(1, nodes.count)
    return (0..<count).map { index in
      func value(_ list: [String]) -> String? {
        list.isEmpty ? nil : list[max(0, list.count - (count - index))]
      }
      return Hop(node: nodes.isEmpty ? nil : nodes[index], scheme: value(schemes), authority: value(authorities))
    }
  }
}
