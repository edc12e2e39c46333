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
  ///
  /// Read from the end: every proxy adds whom it heard from there, and what stands before is the client's word. It ends at
  /// what is no address. Where both headers are there, one of them is the client's, and neither counts.
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

  /// What each proxy says of the one before it; nothing where it says what can't be read.
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
