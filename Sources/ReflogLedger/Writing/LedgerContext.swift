import ReflogModel
import Synchronization

/// The data that a ledger shares with the session that writes the ledger's file.
final class LedgerContext: Sendable {
  let clock: WallClock
  let signers: LogSigners
  let memory: LedgerMemory
  let onSettled: @Sendable (Change) -> Void
  let onFrozenDrift: @Sendable (Change, Freeze) -> Void
  private let state = Mutex(State())

  private struct State {
    var checkpoint: String?
    var finding: LedgerError?
    var freezes = Freezes()
  }

  /// Creates the context of a ledger.
  init(
    clock: @escaping WallClock,
    signers: LogSigners,
    memory: LedgerMemory,
    onSettled: @escaping @Sendable (Change) -> Void,
    onFrozenDrift: @escaping @Sendable (Change, Freeze) -> Void = { _, _ in }
  ) {
    self.clock = clock
    self.signers = signers
    self.memory = memory
    self.onSettled = onSettled
    self.onFrozenDrift = onFrozenDrift
  }

  /// Creates the context for a single transaction, while no server uses the ledger.
  ///
  /// - Parameter key: The key that signs the transaction.
  convenience init(once key: SigningKey, clock: @escaping WallClock) {
    self.init(
      clock: clock,
      signers: LogSigners([key]),
      memory: LedgerMemory(keepsWrites: false),
      onSettled: { _ in }
    )
  }

  /// The newest durable checkpoint, or nil if this process has written none yet.
  var checkpoint: String? { state.withLock { $0.checkpoint } }

  /// The problem with the ledger's file, or nil if no problem was found.
  ///
  /// If a problem was found, no more changes are recorded.
  var finding: LedgerError? { state.withLock { $0.finding } }

  /// Sets the newest durable checkpoint.
  func publish(_ checkpoint: String) {
    state.withLock { $0.checkpoint = checkpoint }
  }

  /// The freezes that are in force or planned, according to the newest durable transaction.
  var freezes: Freezes { state.withLock { $0.freezes } }

  /// Sets the freezes that are in force or planned.
  func publish(_ freezes: Freezes) {
    state.withLock { $0.freezes = freezes }
  }

  /// Stops the recording of changes because of a problem with the ledger's file.
  func stop(because finding: LedgerError) {
    state.withLock { $0.finding = finding }
  }
}
