import ReflogModel

/// A file that pages ask for: the project's own, embedded in the binary.
package struct WebAsset: Sendable {
  package let bytes: [UInt8]
  package let contentType: String
  /// Changes with the bytes, so that a browser may keep them for ever.
  package let version: String

  package static let style = WebAsset(PackageResources.reflog_css, "text/css; charset=utf-8")

  package static let script = WebAsset(PackageResources.reflog_js, "text/javascript; charset=utf-8")

  private init(_ bytes: [UInt8], _ contentType: String) {
    self.bytes = bytes
    self.contentType = contentType
    version = Array(Hash(of: bytes).bytes.prefix(6)).hexadecimal
  }
}
