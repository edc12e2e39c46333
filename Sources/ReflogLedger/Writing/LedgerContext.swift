import ReflogModel
import Synchronization

/// The data that a ledger shares with the session that writes the ledger's file.
final class LedgerContext: Sendable {
  let clock: WallClock
  let signers: LogSigners
  let memory: LedgerMemory
  /// The time after a write in which a read of the directory may still show an older value.
  let settleWindow: Duration
  let onSettled: @Sendable (Change) -> Void
  let onFrozenDrift: @Sendable (Change, Freeze, Bool) -> Void
  private let state = Mutex(State())

  private struct State {
    var checkpoint: String?
    var finding: LedgerError?
    var freezes = Freezes()
    var newestTime = Timestamp(microseconds: 0)
    var overrideCount = 0
  }

  /// Creates the context of a ledger.
  init(
    clock: @escaping WallClock,
    signers: LogSigners,
    memory: LedgerMemory,
    settleWindow: Duration = .zero,
    onSettled: @escaping @Sendable (Change) -> Void,
    onFrozenDrift: @escaping @Sendable (Change, Freeze, Bool) -> Void = { _, _, _ in }
  ) {
    self.clock = clock
    self.signers = signers
    self.memory = memory
    self.settleWindow = settleWindow
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

  /// The time of the newest durable entry.
  var newestTime: Timestamp { state.withLock { $0.newestTime } }

  /// The number of overrides of freezes that this process has recorded.
  var overrideCount: Int { state.withLock { $0.overrideCount } }

  /// Sets the newest durable checkpoint and the time of the newest durable entry, and adds to the number of overrides.
  ///
  /// The checkpoint is not changed if `checkpoint` is nil.
  func publish(_ checkpoint: String?, newestTime: Timestamp, overrides: Int) {
    state.withLock { state in
      if let checkpoint { state.checkpoint = checkpoint }
      state.newestTime = newestTime
      state.overrideCount += overrides
    }
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
