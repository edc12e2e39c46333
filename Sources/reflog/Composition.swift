import Foundation
import Hummingbird
import Logging
import NIOCore
import ReflogDirectory
import ReflogHTTP
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogStorage
import ServiceLifecycle
import UnixSignals

/// Puts a server together: the one place that sees every room of the house.
struct Composition {
  private let settings: ServerSettings
  private let logger: Logger
  private let ledgerStorage: Storage
  private let directoryStorage: Storage
  private let ledger: Ledger
  private let directory: EmbeddedDirectory
  private let tokens: TokenStore

  /// Opens the files. When this returns, this process holds the ledger and nothing is served yet.
  init(settings: ServerSettings, logger: Logger) throws {
    self.settings = settings
    self.logger = logger
    let clock: WallClock = { Timestamp(Date()) }
    let directoryPath = settings.database + ".directory"
    let files = FileManager.default
    guard !files.fileExists(atPath: settings.database) || files.fileExists(atPath: directoryPath) else {
      throw CommandFailure(
        .refused,
        "\(settings.database) is there, but \(directoryPath), which it belongs to, is not."
      )
    }
    directoryStorage = try Storage(path: directoryPath, kind: .directory)
    ledgerStorage = try Storage(path: settings.database, kind: .ledger)
    directory = try EmbeddedDirectory(
      storage: directoryStorage,
      newTenantID: UUID().uuidString.lowercased(),
      sample: settings.sample
    )
    ledger = try Ledger(
      storage: ledgerStorage,
      directory: directory.kind,
      tenantID: directory.tenantID,
      clock: clock
    )
    tokens = try TokenStore(besideLedgerAt: settings.database, clock: clock)
  }

  /// How long what is in flight may take to finish after a SIGTERM.
  private static let shutdownLimit = Duration.seconds(20)

  /// Serves until a signal asks to stop, then lets what is in flight finish and closes the files.
  func run() async throws {
    try await FirstTokens(tokens: tokens, database: settings.database).makeIfNoneExist()
    let changes = ChangeService(ledger: ledger, directory: directory, turns: Turns(), logger: logger)
    let reconciler = Reconciler(service: changes, logger: logger)
    // They end in reverse order: the door first, the writers last.
    var configuration = ServiceGroupConfiguration(
      services: [
        .init(service: ledgerStorage.writer),
        .init(service: directoryStorage.writer),
        .init(service: reconciler),
        .init(service: application(changes, reconciler)),
      ],
      gracefulShutdownSignals: [.sigterm, .sigint],
      logger: logger
    )
    configuration.maximumGracefulShutdownDuration = Self.shutdownLimit
    do {
      try await ServiceGroup(configuration: configuration).run()
    } catch let error as IOError {
      let place = "\(settings.host):\(settings.port)"
      throw CommandFailure(.refused, "\(place) can't be listened on: \(String(cString: strerror(error.errnoCode))).")
    } catch let error as SocketAddressError.UnknownHost {
      throw CommandFailure(.refused, "\(error.host) is no address to listen on.")
    }
    try directoryStorage.close()
    try ledgerStorage.close()
    logger.notice("stopped")
  }

  private func application(_ changes: ChangeService, _ reconciler: Reconciler) -> some ApplicationProtocol {
    let api = ReflogAPI(
      changes: changes,
      history: HistoryService(history: ledger.history),
      authentication: Authentication(tokens: tokens),
      directory: directory.kind,
      isReady: { reconciler.isReady },
      logger: logger
    )
    let settings = settings
    return Application(
      responder: api.buildResponder(),
      configuration: ApplicationConfiguration(
        address: .hostname(settings.host, port: settings.port),
        serverName: "Reflog"
      ),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? settings.port
        Talk.say(
          "Reflog listens on http://\(settings.host):\(port), with the \(settings.directory.rawValue) directory; "
            + "the ledger is \(settings.database)."
        )
      },
      logger: logger
    )
  }
}
