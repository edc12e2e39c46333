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

  /// What was signed last, and what of it the anchor does not hold yet.
  private struct State {
    var tree: MerkleFrontier
    var unanchored: SignedNote?
  }

  /// Signs whenever there is something new, and once more at the end.
  package func run() async throws {
    var state = State(tree: try await ledger.signedTree())
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      await sign(&state)
      // Ends early only when it is time to stop.
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
    }
    await sign(&state)
  }

  private func sign(_ state: inout State) async {
    do {
      if let (tree, note) = try await ledger.signCheckpoint(behind: state.tree, with: key) {
        state = State(tree: tree, unanchored: note)
        logger.info("checkpoint", metadata: ["checkpoint": "\(Self.line(note))"])
      }
      guard let note = state.unanchored else { return }
      try anchor.write(note)
      state.unanchored = nil
    } catch {
      // What was committed stands; the next time does what is left to do.
      logger.error("no checkpoint could be kept", metadata: ["error": "\(error)"])
    }
  }

  /// The note in one line, its line breaks written as `\\n`, so that whoever collects logs keeps it whole.
  private static func line(_ note: SignedNote) -> String {
    String(decoding: note.bytes, as: UTF8.self).replacing("\n", with: "\\n")
  }
}
