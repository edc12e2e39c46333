/// An option in the query of a URL, or a field of a form; decoded.
package struct QueryItem: Hashable, Sendable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// Reads `name=value`, percent-encoded and with `+` for a space. Nil if a percent sign is broken or the result is no UTF-8.
  package init?(encoded pair: some StringProtocol) {
    let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = parts[0].percentDecoded(plusIsSpace: true),
      let value = parts.count == 2 ? parts[1].percentDecoded(plusIsSpace: true) : ""
    else { return nil }
    self.init(name, value)
  }

  /// The options in the query of a URL; what can't be decoded is left out.
  package static func items(ofURL url: String) -> [QueryItem] {
    guard let mark = url.firstIndex(of: "?") else { return [] }
    return url[url.index(after: mark)...].split(separator: "&").compactMap { QueryItem(encoded: $0) }
  }
}

extension [QueryItem] {
  /// `name=value&…`, where every byte is percent-encoded but the unreserved ones and these.
  package func encoded(keeping kept: String = "") -> String {
    map { "\($0.name.percentEncoded(keeping: kept))=\($0.value.percentEncoded(keeping: kept))" }.joined(separator: "&")
  }
}
