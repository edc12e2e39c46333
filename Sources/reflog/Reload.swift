import Foundation
import Logging
import NIOCertificateReloading
import ServiceLifecycle
import UnixSignals

/// Reads the certificate and the log level again each time the process receives SIGHUP.
///
/// If the certificate can't be read, the server continues to use the earlier certificate and logs an error. If the log
/// level can't be read, the server keeps the earlier log level and logs an error.
struct Reload: Service {
  let settings: ServerSettings
  /// The certificate, or nil if the server does not use TLS.
  let tls: TLS?
  let logger: Logger

  /// Makes the process ignore SIGHUP until ``run()`` is called.
  ///
  /// Without this call, a SIGHUP during the start would end the process.
  static func ignoreSignal() { signal(SIGHUP, SIG_IGN) }

  /// Runs until the server stops.
  func run() async throws {
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
      await reload()
    }
  }

  private func reload() async {
    do {
      try tls?.reloader.reload()
    } catch {
      // The error is not logged, because the error can contain a part of the key.
      logger.error("the certificate or its key can't be read again; the earlier certificate stays in use")
    }
    do {
      ServerLog.setLevel(try await settings.currentLogLevel())
      logger.notice("read the certificate and the log level again", metadata: ["logLevel": "\(ServerLog.level)"])
    } catch {
      logger.error("the log level can't be read again", metadata: ["error": "\(CommandFailure(error).message)"])
    }
  }
}
