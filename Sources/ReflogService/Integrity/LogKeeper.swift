package import Logging
package import ReflogLedger
package import ReflogModel
import ServiceLifecycle
import Synchronization

/// Signs the log behind the commits: the newest checkpoint stands in the ledger, in the anchor, and in the log of the service,
/// for whoever keeps that elsewhere.
package final class LogKeeper: Service {
  private static let interval = Duration.milliseconds(100)
  /// For how many of these it is waited until the new key is in its place.
  private static let installationWait = 20

  private let ledger: Ledger
  private let anchor: Anchor
  private let keyFile: LogKeyFile
  private let logger: Logger
  /// The key that signs; and before it the one that did until it was rotated, until one checkpoint has the word of both and the new
  /// one is in the place of the old.
  private let keys: Mutex<[SigningKey]>
  private let isRotating = Mutex(false)

  /// - Parameter keys: those that sign the next checkpoint, the one in force last.
  package init(ledger: Ledger, keys: [SigningKey], keyFile: LogKeyFile, anchor: Anchor, logger: Logger) {
    self.ledger = ledger
    self.anchor = anchor
    self.keyFile = keyFile
    self.logger = logger
    self.keys = Mutex(keys)
  }

  /// What was signed last, and what of it the anchor does not hold yet.
  private struct State {
    var tree: MerkleFrontier
    var unanchored: SignedNote?
    /// How many keys signed it.
    var signed = 0
  }

  /// Signs whenever there is something new, and once more at the end.
  package func run() async throws {
    var state = State(tree: try await ledger.signedTree())
    while !Task.isEnding {
      await sign(&state)
      // Ends early only when it is time to stop.
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
    }
    await sign(&state)
  }

  private func sign(_ state: inout State) async {
    do {
      let signers = keys.withLock { $0 }
      if let (tree, note) = try await ledger.signCheckpoint(behind: state.tree, with: signers) {
        (state.tree, state.unanchored) = (tree, note)
        logger.info("checkpoint", metadata: ["checkpoint": "\(Self.line(note))"])
        state.signed = signers.count
      }
      if let note = state.unanchored {
        try anchor.write(note)
        state.unanchored = nil
      }
      // Only once both have signed wherever a checkpoint stands is the old key needed no more.
      if signers.count > 1, state.signed == signers.count {
        try keyFile.install()
        keys.withLock { $0.removeFirst(signers.count - 1) }
        state.signed = 1
      }
    } catch {
      // What was committed stands; the next time does what is left to do.
      logger.error("no checkpoint could be kept", metadata: ["error": "\(error)"])
    }
  }

  /// Signs what an exported file holds.
  package func sign(_ manifest: ExportManifest) throws -> SignedNote {
    try manifest.signed(by: keys.withLock { $0.suffix(1) })
  }

  /// Signs with a new key from now on, on behalf of an admin. When this returns, the change of keys is on record; the next
  /// checkpoint is signed with both, and then the new key is in the place of the old, which is within a moment.
  package func rotate(for caller: Caller) async throws(ServiceError) -> (old: VerifierKey, new: VerifierKey) {
    guard Policy.permits(caller, .administer) else { throw .forbidden([]) }
    let isFree = isRotating.withLock { isRotating in
      defer { isRotating = true }
      return !isRotating
    }
    guard isFree else { throw .busy("The key is being rotated.") }
    defer { isRotating.withLock { $0 = false } }
    let known = keys.withLock { $0 }
    guard let old = known.last else { throw .ledgerUnavailable("There is no key.") }
    guard known.count == 1 else { throw .busy("The key was just rotated.") }
    let new: SigningKey
    do {
      new = try keyFile.prepare()
      try await ledger.record([Self.rotation(from: old.verifierKey, to: new.verifierKey, by: caller.actor)])
    } catch {
      throw ServiceError(beforeSending: error)
    }
    // Before anything is signed with both, after which the old key goes.
    ledger.sealTail(with: new)
    keys.withLock { $0.append(new) }
    for _ in 0..<Self.installationWait where keys.withLock({ $0.count }) > 1 {
      // Ends early only when nobody waits any more.
      try? await Task.sleep(for: Self.interval)
    }
    return (old.verifierKey, new.verifierKey)
  }

  private static func rotation(
    from old: VerifierKey,
    to new: VerifierKey,
    by actor: Change.Actor
  ) -> ServiceEvent.Content {
    ServiceEvent.Content(.keyRotated, actor: actor, details: ["from": .string(old.text), "to": .string(new.text)])
  }

  /// The note in one line, its line breaks written as `\\n`, so that whoever collects logs keeps it whole.
  private static func line(_ note: SignedNote) -> String {
    String(decoding: note.bytes, as: UTF8.self).replacing("\n", with: "\\n")
  }
}
