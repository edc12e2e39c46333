/// A version of Microsoft Graph's API.
///
/// The raw value is the version's segment in the path of a URL.
package enum APIVersion: String, Sendable, CaseIterable {
  case beta
  case v1 = "v1.0"

  /// Creates the version that has this path segment.
  ///
  /// Upper and lower case of ASCII letters count as equal, as in Microsoft Graph. Returns nil for any other segment.
  package init?(segment: some StringProtocol) {
    let folded = String(segment).asciiFolded
    guard let match = Self.allCases.first(where: { $0.rawValue == folded }) else { return nil }
    self = match
  }
}
