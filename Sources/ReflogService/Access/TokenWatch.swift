package import Logging
package import ReflogModel
import ServiceLifecycle

/// Puts on record which tokens were made and revoked on the command line, which writes their file without the server.
package struct TokenWatch: Service {
  private static let interval = Duration.seconds(5)
  /// The server records what it does itself within this time; what is unrecorded for longer was done elsewhere.
  private static let patience = Duration.seconds(10)

  private let tokens: TokenService
  private let clock: WallClock
  private let logger: Logger

  package init(tokens: TokenService, clock: @escaping WallClock, logger: Logger) {
    self.tokens = tokens
    self.clock = clock
    self.logger = logger
  }

  /// At first everything: the server has done nothing yet.
  package func run() async throws {
    await look(until: clock())
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // Ends early only when it is time to stop.
        try? await Task.sleep(for: Self.interval)
        if !Task.isCancelled { await look(until: clock().before(Self.patience)) }
      }
    }
  }

  private func look(until moment: Timestamp) async {
    do {
      try await tokens.recordOthers(until: moment)
    } catch {
      // It is time to stop; the next start finds the same tokens.
      if Task.isCancelled { return }
      // Nobody waits for it, and the next look finds them too.
      logger.error("tokens could not be recorded", metadata: ["error": "\(error)"])
    }
  }
}
