package import Logging
package import ReflogModel
import ServiceLifecycle

/// Records tokens that the command line created or revoked.
///
/// The command line writes the tokens' file directly, without the server. So the server must read what changed there.
package struct TokenWatch: Service {
  private static let interval = Duration.seconds(5)
  /// The minimum age at which an unrecorded creation or revocation is recorded here.
  ///
  /// The server records its own creations and revocations earlier, so they are not recorded twice.
  private static let patience = Duration.seconds(10)

  private let tokens: TokenService
  private let clock: WallClock
  private let logger: Logger

  /// Creates a service that records the tokens in this service's store.
  package init(tokens: TokenService, clock: @escaping WallClock, logger: Logger) {
    self.tokens = tokens
    self.clock = clock
    self.logger = logger
  }

  /// Records new creations and revocations until the service stops.
  ///
  /// The first pass records all of them without the minimum age: at the start, none of them is the server's own.
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
      // The service stops. The tokens are still marked as unrecorded, so the next start records them.
      if Task.isCancelled { return }
      // No request waits for this result, and the next pass tries again with the same tokens.
      logger.error("changes to tokens could not be recorded", metadata: ["error": "\(error)"])
    }
  }
}
