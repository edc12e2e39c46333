/// A version of Microsoft Graph, by its path segment.
package enum APIVersion: String, Sendable, CaseIterable {
  case beta
  case v1 = "v1.0"

  /// Takes the segment in any case, since Graph does.
  package init?(segment: some StringProtocol) {
    let folded = String(segment).asciiFolded
    guard let match = Self.allCases.first(where: { $0.rawValue == folded }) else { return nil }
    self = match
  }
}
