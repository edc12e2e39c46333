import ReflogModel

/// The content of the header `Accept`: the media types that a client accepts, with their weights (RFC 9110 §12.5.1).
struct AcceptedMediaTypes {
  /// A media range such as `text/csv`, `text/*` or `*/*`.
  private struct Range {
    let type: Substring
    let subtype: Substring
    /// The weight in thousandths, from 0 to 1000.
    ///
    /// If the weight is 0, the client does not accept the types in this range.
    let weight: Int

    /// Returns how precisely the range describes a type: 2 for one media type, 1 for `text/*`, 0 for `*/*`.
    ///
    /// The result is nil if the range does not contain the type.
    func precision(for type: Substring, _ subtype: Substring) -> Int? {
      switch (self.type, self.subtype) {
      case (type, subtype): 2
      case (type, "*"): 1
      case ("*", "*"): 0
      default: nil
      }
    }
  }

  private let ranges: [Range]

  /// Reads the header.
  ///
  /// A missing or empty header accepts every type. Parameters other than the weight are ignored. A range with an
  /// invalid weight is ignored too.
  init(_ header: String?) {
    ranges = (header ?? "").headerParts(separatedBy: UInt8(ascii: ",")).compactMap(Self.range)
  }

  private static func range(_ text: String) -> Range? {
    let parts = text.lowercased().headerParts(separatedBy: UInt8(ascii: ";"))
    let names = (parts.first ?? "").split(separator: "/", omittingEmptySubsequences: false)
    guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty else { return nil }
    let weights = parts.dropFirst().compactMap(\.headerParameter).filter { $0.name == "q" }
    guard let weight = weights.isEmpty ? 1000 : thousandths(weights[0].value) else { return nil }
    return Range(type: names[0], subtype: names[1], weight: weight)
  }

  /// Returns a weight such as `0.5` in thousandths, or nil if the text is not a weight.
  private static func thousandths(_ text: String) -> Int? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = Int(parts[0]), parts[0].utf8.count == 1, (0...1).contains(whole) else {
      return nil
    }
    let digits = parts.count == 2 ? parts[1] : ""
    guard digits.utf8.count <= 3, digits.utf8.allSatisfy(\.isASCIIDigit) else { return nil }
    let fraction = Int((digits + "000").prefix(3)) ?? 0
    return whole * 1000 + fraction <= 1000 ? whole * 1000 + fraction : nil
  }

  /// Returns the type that the client prefers, or nil if the client accepts none of the types.
  ///
  /// The type with the highest weight wins. If two types have the same weight, the type that the header states more
  /// precisely wins. If the precision is also equal, the type that the header states earlier wins. If the position is
  /// also equal, the type that is earlier in `offered` wins.
  ///
  /// - Parameter offered: The types that the server can send, in lower case. The server prefers the first type.
  func preferred(among offered: [String]) -> String? {
    if ranges.isEmpty { return offered.first }
    var best: (type: String, weight: Int, precision: Int, position: Int)?
    for type in offered {
      let names = type.split(separator: "/")
      guard names.count == 2 else { continue }
      let matches = ranges.enumerated().compactMap { position, range in
        range.precision(for: names[0], names[1]).map { (range.weight, $0, position) }
      }
      // The most precise range decides the weight of a type, even if that weight is lower than the weight of another
      // range.
      guard let match = matches.max(by: { ($0.1, -$0.2) < ($1.1, -$1.2) }), match.0 > 0 else { continue }
      if let best, (best.weight, best.precision, -best.position) >= (match.0, match.1, -match.2) { continue }
      best = (type, match.0, match.1, match.2)
    }
    return best?.type
  }
}
