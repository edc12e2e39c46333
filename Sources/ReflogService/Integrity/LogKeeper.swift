package import Logging
package import ReflogLedger
package import ReflogModel
import ServiceLifecycle

/// Signs the log behind the commits: the newest checkpoint stands in the ledger, in the anchor, and in the log of the service,
/// for whoever keeps that elsewhere.
package struct LogKeeper: Service {
  private static let interval = Duration.milliseconds(100)

  private let ledger: Ledger
  private let key: SigningKey
  private let anchor: Anchor
  private let logger: Logger

  package init(ledger: Ledger, key: SigningKey, anchor: Anchor, logger: Logger) {
    self.ledger = ledger
    self.key = key
    self.anchor = anchor
    self.logger = logger
  }

  /// Signs whenever there is something new, and once more at the end.
  package func run() async throws {
    var tree = try await ledger.signedTree()
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      tree = await sign(behind: tree)
      // Ends early only when it is time to stop.
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
    }
    _ = await sign(behind: tree)
  }

  private func sign(behind tree: MerkleFrontier) async -> MerkleFrontier {
    do {
      guard let (tree, note) = try await ledger.signCheckpoint(behind: tree, with: key) else { return tree }
      try anchor.write(note)
      logger.info("checkpoint", metadata: ["checkpoint": "\(String(decoding: note.bytes, as: UTF8.self))"])
      return tree
    } catch {
      // What was committed stands; the next time signs it too.
      logger.error("no checkpoint could be signed", metadata: ["error": "\(error)"])
      return tree
    }
  }
}
