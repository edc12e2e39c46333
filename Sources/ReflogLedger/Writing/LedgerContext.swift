import ReflogModel
import Synchronization

/// What the ledger and the session that writes it share.
final class LedgerContext: Sendable {
  let clock: WallClock
  let signers: LogSigners
  let memory: LedgerMemory
  let onSettled: @Sendable (Change) -> Void
  private let state = Mutex(State())

  private struct State {
    var checkpoint: String?
    var finding: LedgerError?
  }

  init(
    clock: @escaping WallClock,
    signers: LogSigners,
    memory: LedgerMemory,
    onSettled: @escaping @Sendable (Change) -> Void
  ) {
    self.clock = clock
    self.signers = signers
    self.memory = memory
    self.onSettled = onSettled
  }

  /// The newest checkpoint that is durable, as far as this process wrote one.
  var checkpoint: String? { state.withLock { $0.checkpoint } }

  /// What was found wrong with the ledger's file: then nothing more is recorded.
  var finding: LedgerError? { state.withLock { $0.finding } }

  func publish(_ checkpoint: String) {
    state.withLock { $0.checkpoint = checkpoint }
  }

  func stop(because finding: LedgerError) {
    state.withLock { $0.finding = finding }
  }
}
