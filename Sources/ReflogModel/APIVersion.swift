/// A version of Microsoft Graph's API, by its path segment.
package enum APIVersion: String, Sendable, CaseIterable {
  case beta
  case v1 = "v1.0"

  /// Creates the version with this path segment, in any ASCII case, as Graph does.
  ///
  /// Returns nil for any other segment.
  package init?(segment: some StringProtocol) {
    let folded = String(segment).asciiFolded
    guard let match = Self.allCases.first(where: { $0.rawValue == folded }) else { return nil }
    self = match
  }
}
