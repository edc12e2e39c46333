/// Returns the host of a URL that ``redactedURL(_:)`` returned, with the port if the URL has one.
///
/// The result is nil if the text is not a URL with a host.
package func urlHost(_ url: String) -> String? {
  guard let start = url.firstRange(of: "://")?.upperBound else { return nil }
  let authority = url[start...].unicodeScalars.prefix { !"/\\?#".unicodeScalars.contains($0) }
  let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
  return host.isEmpty ? nil : String(Substring(host))
}
