import HummingbirdTLS
import Logging
import NIOCertificateReloading

/// The certificate of the listener, read again when its file changes.
struct TLS {
  private static let interval = Duration.seconds(15)

  let configuration: TLSConfiguration
  /// Looks after the files; a service that runs beside the server.
  let reloader: TimedCertificateReloader

  init(_ files: ListenerSettings.TLSFiles, logger: Logger) throws {
    do {
      reloader = try TimedCertificateReloader.makeReloaderValidatingSources(
        refreshInterval: Self.interval,
        certificateSource: .init(location: .file(path: files.certificate), format: .pem),
        privateKeySource: .init(location: .file(path: files.key), format: .pem),
        logger: logger
      )
      var configuration = try TLSConfiguration.makeServerConfiguration(certificateReloader: reloader)
      configuration.minimumTLSVersion = .tlsv12
      configuration.applicationProtocols = ["http/1.1"]
      self.configuration = configuration
    } catch {
      // What it says of a key may hold a piece of it.
      throw CommandFailure(
        .usage,
        "The certificate \(files.certificate) and the key \(files.key) can't be used: they must be PEM, belong together "
          + "and be readable."
      )
    }
  }
}
