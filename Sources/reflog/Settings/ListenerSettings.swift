import Foundation
import ReflogModel

/// The address on which the server listens, the files for TLS, and the URL that clients use.
struct ListenerSettings: Sendable {
  let host: String
  let port: Int
  /// The files with the certificate and the private key, or nil if the server uses plain HTTP.
  let tls: TLSFiles?
  /// The URL that clients use, without a slash at the end.
  ///
  /// If the value is nil, the server uses the `Host` header of each request.
  let publicURL: String?
  /// The path below which clients reach this server, such as `/reflog`, without a slash at the end, or an empty text.
  let basePath: String
  /// The addresses of proxies whose forwarding headers are trusted.
  let trustedProxies: [AddressBlock]

  /// The paths of the certificate and its key.
  struct TLSFiles: Sendable {
    let certificate: String
    let key: String
  }

  /// The scheme of the listener, `http` or `https`.
  var scheme: String { tls == nil ? "http" : "https" }

  init(_ values: SettingValues) async throws {
    host = try await values.string(.host) ?? "127.0.0.1"
    port = try await values.int(.port) ?? 8080
    guard (0...65535).contains(port) else {
      throw CommandFailure(.usage, "port is \(port), but must be from 0 to 65535.")
    }
    tls = try await Self.tls(values)
    let isPlainAllowed = try await values.bool(.plainHttp) ?? false
    guard tls != nil || isPlainAllowed || SecretDestination.isLoopback(host) else {
      throw CommandFailure(
        .usage,
        "\(host) is not a loopback address, so tokens would be sent in clear text over the network. Set "
          + "\(Setting.tlsCertificate.variable) and \(Setting.tlsKey.variable), or use --plain-http behind a proxy "
          + "with TLS."
      )
    }
    publicURL = try await values.string(.publicUrl).map { try Self.publicURL($0) }
    basePath = try await values.string(.basePath).map { try Self.basePath($0) } ?? ""
    trustedProxies = try Self.blocks(try await values.string(.trustedProxies))
  }

  private static func tls(_ values: SettingValues) async throws -> TLSFiles? {
    switch (try await values.string(.tlsCertificate), try await values.string(.tlsKey)) {
    case (nil, nil): return nil
    case (let certificate?, let key?): return TLSFiles(certificate: certificate, key: key)
    case (nil, _), (_, nil):
      throw CommandFailure(
        .usage,
        "TLS needs both \(Setting.tlsCertificate.variable) and \(Setting.tlsKey.variable)."
      )
    }
  }

  private static func publicURL(_ text: String) throws -> String {
    guard let url = URL(string: text), url.host() != nil, ["http", "https"].contains(url.scheme), url.query() == nil,
      url.fragment() == nil, url.user() == nil, ["", "/"].contains(url.path())
    else {
      throw CommandFailure(
        .usage,
        "\(Setting.publicUrl.variable) must be an http or https URL with only a host and an optional port. If clients use "
          + "a path, set \(Setting.basePath.variable)."
      )
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  /// The maximum length of the base path in bytes. The length is limited because each link on a page contains the base
  /// path.
  private static let maximumBasePath = 100

  private static func basePath(_ text: String) throws -> String {
    let path = text.hasSuffix("/") ? String(text.dropLast()) : text
    let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    guard text.hasPrefix("/"), path.utf8.count <= maximumBasePath,
      segments.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.allSatisfy(\.isUnreserved) })
    else {
      throw CommandFailure(
        .usage,
        "\(Setting.basePath.variable) is \(text), but must be a path such as /reflog: at most \(maximumBasePath) letters, "
          + "digits, '-', '.', '_', '~' and slashes."
      )
    }
    return path
  }

  private static func blocks(_ text: String?) throws -> [AddressBlock] {
    try (text ?? "").split(separator: ",").map { part in
      let part = part.trimmingCharacters(in: .whitespaces)
      guard let block = AddressBlock(part) else {
        throw CommandFailure(
          .usage,
          "\(Setting.trustedProxies.variable) contains \(part), which is not an address block (CIDR)."
        )
      }
      return block
    }
  }
}
