package import Logging
package import ReflogModel
import ServiceLifecycle

/// Records tokens that the command line created or revoked, and writes the last uses of tokens.
///
/// The command line writes the token database directly, without the server. So this service reads the database at an
/// interval to find these changes. If a new token is used before this service finds it, the first use records the
/// token.
package struct TokenWatch: Service {
  private static let interval = Duration.seconds(5)

  private let tokens: TokenService
  private let clock: WallClock
  private let logger: Logger

  /// Creates a service that records the tokens in the store of this token service.
  package init(tokens: TokenService, clock: @escaping WallClock, logger: Logger) {
    self.tokens = tokens
    self.clock = clock
    self.logger = logger
  }

  /// Records the creations and the revocations of tokens, and writes the uses of tokens, until the service stops.
  package func run() async throws {
    await record()
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // The sleep ends early, with an error, only if the service stops. Then the loop ends too.
        try? await Task.sleep(for: Self.interval)
        if !Task.isCancelled {
          await record()
          await writeUses(all: false)
        }
      }
    }
    await writeUses(all: true)
  }

  private func record() async {
    do {
      try await tokens.recordOthers(until: clock())
    } catch {
      // The service stops, so no error is logged. The tokens are still marked as unrecorded, and the next start records
      // the tokens.
      if Task.isCancelled { return }
      // The error is only logged, because no request waits for the result. The next pass tries the same tokens again.
      logger.error("changes to tokens could not be recorded", metadata: ["error": "\(error)"])
    }
  }

  private func writeUses(all: Bool) async {
    do {
      try await tokens.writeUses(all: all)
    } catch {
      // The error is only logged, because no request waits for the result. The next pass writes the same uses.
      if !Task.isCancelled { logger.error("uses of tokens could not be written", metadata: ["error": "\(error)"]) }
    }
  }
}
