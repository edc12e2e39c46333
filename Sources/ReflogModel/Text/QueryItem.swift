/// An option of a URL's query or a field of a form, decoded.
package struct QueryItem: Hashable, Sendable {
  package let name: String
  package let value: String

  /// Creates an option.
  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// Reads `name=value`, percent-encoded and with `+` for a space.
  ///
  /// Returns nil if a percent sign is not followed by two digits, or if the result is not UTF-8.
  package init?(encoded pair: some StringProtocol) {
    let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = parts[0].percentDecoded(plusIsSpace: true),
      let value = parts.count == 2 ? parts[1].percentDecoded(plusIsSpace: true) : ""
    else { return nil }
    self.init(name, value)
  }

  /// Returns the options in a URL's query, without those that can't be decoded.
  package static func items(ofURL url: String) -> [QueryItem] {
    guard let mark = url.firstIndex(of: "?") else { return [] }
    return url[url.index(after: mark)...].split(separator: "&").compactMap { QueryItem(encoded: $0) }
  }
}

extension [QueryItem] {
  /// Returns `name=value&…`, with every byte percent-encoded except the unreserved ones and those in `kept`.
  package func encoded(keeping kept: String = "") -> String {
    map { "\($0.name.percentEncoded(keeping: kept))=\($0.value.percentEncoded(keeping: kept))" }.joined(separator: "&")
  }
}
