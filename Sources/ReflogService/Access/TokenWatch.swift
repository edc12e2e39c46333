package import Logging
package import ReflogModel
import ServiceLifecycle

/// Records tokens that the command line created or revoked.
///
/// The command line writes the token database directly, without the server. So this service reads the database every
/// few seconds to find the tokens that the command line created or revoked.
package struct TokenWatch: Service {
  private static let interval = Duration.seconds(5)
  /// The age after which this service records an unrecorded creation or revocation.
  ///
  /// The server records its own creations and revocations much earlier. So this service does not record the same
  /// creation or revocation a second time.
  private static let patience = Duration.seconds(10)

  private let tokens: TokenService
  private let clock: WallClock
  private let logger: Logger

  /// Creates a service that records the tokens in the store of this token service.
  package init(tokens: TokenService, clock: @escaping WallClock, logger: Logger) {
    self.tokens = tokens
    self.clock = clock
    self.logger = logger
  }

  /// Records new creations and revocations until the service stops.
  ///
  /// The first pass ignores the minimum age, because the server itself has not created or revoked a token yet.
  package func run() async throws {
    await record(until: clock())
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // The sleep ends early, with an error, only if the service stops. Then the loop ends too.
        try? await Task.sleep(for: Self.interval)
        if !Task.isCancelled { await record(until: clock().before(Self.patience)) }
      }
    }
  }

  private func record(until moment: Timestamp) async {
    do {
      try await tokens.recordOthers(until: moment)
    } catch {
      // The service stops, so no error is logged. The tokens are still marked as unrecorded, and the next start records
      // the tokens.
      if Task.isCancelled { return }
      // The error is only logged, because no request waits for the result. The next pass tries the same tokens again.
      logger.error("changes to tokens could not be recorded", metadata: ["error": "\(error)"])
    }
  }
}
