/// A decoded option in the query of a URL, or a decoded field of a form.
package struct QueryItem: Hashable, Sendable {
  package let name: String
  package let value: String

  /// Creates an option.
  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// Reads a text of the form `name=value`.
  ///
  /// The text is percent-encoded, and `+` means a space. Returns nil if the two characters after a percent sign are not
  /// hexadecimal digits, or if the result is not UTF-8.
  package init?(encoded pair: some StringProtocol) {
    let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = parts[0].percentDecoded(plusIsSpace: true),
      let value = parts.count == 2 ? parts[1].percentDecoded(plusIsSpace: true) : ""
    else { return nil }
    self.init(name, value)
  }

  /// Returns the options in the query of a URL.
  ///
  /// Options that can't be decoded are omitted.
  package static func items(ofURL url: String) -> [QueryItem] {
    guard let mark = url.firstIndex(of: "?") else { return [] }
    return url[url.index(after: mark)...].split(separator: "&").compactMap { QueryItem(encoded: $0) }
  }
}

extension [QueryItem] {
  /// Returns the options as the query of a URL: `name=value&…`.
  ///
  /// Every byte is percent-encoded, except the unreserved characters (RFC 3986 §2.3) and the characters in `kept`.
  package func encoded(keeping kept: String = "") -> String {
    map { "\($0.name.percentEncoded(keeping: kept))=\($0.value.percentEncoded(keeping: kept))" }.joined(separator: "&")
  }
}
