import ReflogModel

/// A file that is embedded in the binary, and that pages load from this server.
package struct WebAsset: Sendable {
  /// The content of the file.
  package let bytes: [UInt8]
  /// The value of the `Content-Type` header.
  package let contentType: String
  /// The first 12 hexadecimal digits of the content's hash.
  ///
  /// These digits are part of the file's URL. New content has a new URL, so a browser can cache the file without a time
  /// limit.
  package let version: String

  /// The style sheet of all pages.
  package static let style = WebAsset(PackageResources.reflog_css, "text/css; charset=utf-8")

  /// The script of all pages.
  package static let script = WebAsset(PackageResources.reflog_js, "text/javascript; charset=utf-8")

  private init(_ bytes: [UInt8], _ contentType: String) {
    self.bytes = bytes
    self.contentType = contentType
    version = Array(Hash(of: bytes).bytes.prefix(6)).hexadecimal
  }
}
