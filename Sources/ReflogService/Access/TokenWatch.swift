package import Logging
package import ReflogModel
import ServiceLifecycle

/// Records tokens that the command line made or revoked: it writes their file without the server.
package struct TokenWatch: Service {
  private static let interval = Duration.seconds(5)
  /// How old unrecorded work on tokens must be to be recorded here.
  ///
  /// The server records its own work sooner.
  private static let patience = Duration.seconds(10)

  private let tokens: TokenService
  private let clock: WallClock
  private let logger: Logger

  /// Creates a watch.
  package init(tokens: TokenService, clock: @escaping WallClock, logger: Logger) {
    self.tokens = tokens
    self.clock = clock
    self.logger = logger
  }

  /// Records new work on tokens until the service stops.
  ///
  /// The first pass records everything, because the server itself did nothing yet.
  package func run() async throws {
    await record(until: clock())
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // Ends early only when the service stops.
        try? await Task.sleep(for: Self.interval)
        if !Task.isCancelled { await record(until: clock().before(Self.patience)) }
      }
    }
  }

  private func record(until moment: Timestamp) async {
    do {
      try await tokens.recordOthers(until: moment)
    } catch {
      // The service stops. The next start finds the same tokens.
      if Task.isCancelled { return }
      // No request waits for it, and the next pass finds the same tokens.
      logger.error("changes to tokens could not be recorded", metadata: ["error": "\(error)"])
    }
  }
}
