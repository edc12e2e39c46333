import Hummingbird
package import ReflogModel

/// Where clients are and how they see this server, where proxies stand in between.
package struct ProxySettings: Sendable {
  /// Where clients see Reflog, without a slash at the end; nothing: where they say they do (`Host`).
  package let publicURL: String?
  /// The proxies whose word counts.
  package let trusted: [AddressBlock]
  /// `http` or `https`, as this server itself speaks.
  package let scheme: String

  package init(publicURL: String?, trusted: [AddressBlock], scheme: String) {
    self.publicURL = publicURL
    self.trusted = trusted
    self.scheme = scheme
  }

  package static let direct = ProxySettings(publicURL: nil, trusted: [], scheme: "http")

  /// The address of the client: the last one in `X-Forwarded-For`, or in the `for` of `Forwarded` (RFC 7239), that no
  /// trusted proxy has; the peer's own where that is no trusted proxy.
  func clientAddress(peer: String?, _ request: Request) -> String? {
    guard let peer, isTrusted(peer) else { return peer }
    let hops = Self.forwarded(request)
    // Every proxy adds whom it heard from at the end; the first of them that is not ours is the client.
    return hops.last { !isTrusted($0) } ?? hops.first ?? peer
  }

  private func isTrusted(_ address: String) -> Bool {
    guard let address = IPAddress(address) else { return false }
    return trusted.contains { $0.contains(address) }
  }

  private static func forwarded(_ request: Request) -> [String] {
    let elements: [Substring]
    if let header = request.headers[named: "Forwarded"] {
      elements = header.split(separator: ",").compactMap { element in
        element.split(separator: ";").first { $0.trimmed.lowercased().hasPrefix("for=") }?.trimmed.dropFirst(4)
      }
    } else {
      elements = (request.headers[named: "X-Forwarded-For"] ?? "").split(separator: ",")
    }
    // What is no address is no hop that can be named.
    return elements.compactMap { IPAddress(forwarded: $0.trimmed)?.description }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}
