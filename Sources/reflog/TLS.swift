import Foundation
import HummingbirdTLS
import Logging
import NIOCertificateReloading
import ReflogModel

/// The certificate and the key of the listener.
///
/// If the files change, the server reads them again.
struct TLS {
  private static let interval = Duration.seconds(15)

  /// The cipher suites for TLS 1.2, which have forward secrecy and authenticated encryption (RFC 9325 §4.2).
  ///
  /// Suites with an RSA key exchange or with CBC are left out. TLS 1.3 has separate suites, which are always on.
  private static let ciphers = [
    "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
  ].joined(separator: ":")

  let configuration: TLSConfiguration
  /// The service that reads changed files while the server runs.
  let reloader: TimedCertificateReloader

  init(_ files: ListenerSettings.TLSFiles, logger: Logger) throws {
    do {
      reloader = try TimedCertificateReloader.makeReloaderValidatingSources(
        refreshInterval: Self.interval,
        certificateSource: .init(location: .memory { try Self.pem(files.certificate) }, format: .pem),
        privateKeySource: .init(location: .memory { try Self.pem(files.key) }, format: .pem),
        logger: logger
      )
      var configuration = try TLSConfiguration.makeServerConfiguration(certificateReloader: reloader)
      configuration.minimumTLSVersion = .tlsv12
      configuration.cipherSuites = Self.ciphers
      configuration.applicationProtocols = ["http/1.1"]
      self.configuration = configuration
    } catch let error as TextEncodingError {
      throw CommandFailure(
        .usage,
        "The certificate \(files.certificate) or the key \(files.key) can't be read: \(error)."
      )
    } catch {
      // The error is not shown, because the error can contain a part of the key.
      throw CommandFailure(
        .usage,
        "The certificate \(files.certificate) and the key \(files.key) can't be used. Both must be readable PEM files, "
          + "and the key must belong to the certificate."
      )
    }
  }

  /// Returns the bytes of a PEM file, without a byte order mark.
  private static func pem(_ path: String) throws -> [UInt8] {
    try TextEncoding.withoutByteOrderMark(try Data(contentsOf: URL(fileURLWithPath: path)))
  }
}
