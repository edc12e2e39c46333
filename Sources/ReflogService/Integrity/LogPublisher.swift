package import Logging
package import ReflogLedger
package import ReflogModel
import ServiceLifecycle
import Synchronization

/// Publishes checkpoints, and rotates the key that signs them.
///
/// Each commit signs a checkpoint. The newest one is written to the anchor, and to the service's log for programs that
/// keep it elsewhere.
package final class LogPublisher: Service {
  private static let interval = Duration.milliseconds(100)
  /// How many intervals a rotation waits until the new key is installed.
  private static let installationWait = 20

  private let ledger: Ledger
  private let anchor: Anchor
  private let keyFile: LogKeyFile
  private let logger: Logger
  private let isRotating = Mutex(false)
  /// Whether a rotation is recorded and its new key is not installed yet.
  private let isRotated: Mutex<Bool>

  /// Creates a publisher of this ledger's checkpoints.
  package init(ledger: Ledger, keyFile: LogKeyFile, anchor: Anchor, logger: Logger) {
    self.ledger = ledger
    self.anchor = anchor
    self.keyFile = keyFile
    self.logger = logger
    // With two keys, a crash interrupted a rotation.
    isRotated = Mutex(ledger.signers.keys.count > 1)
  }

  /// Publishes each new checkpoint, and once more at the end.
  package func run() async throws {
    var published: String?
    while !Task.isEnding {
      publish(behind: &published)
      // Ends early only when the service stops.
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
    }
    publish(behind: &published)
  }

  private func publish(behind published: inout String?) {
    let isRotated = isRotated.withLock { $0 }
    guard let checkpoint = ledger.newestCheckpoint, checkpoint != published || isRotated else { return }
    do {
      let note = try SignedNote(parsing: Array(checkpoint.utf8))
      // A crash before this line leaves the anchor some entries behind the ledger. The next start accepts that.
      try anchor.write(note)
      logger.info("checkpoint", metadata: ["checkpoint": "\(Self.line(note))"])
      published = checkpoint
      // The former key is needed until a checkpoint with both signatures is published.
      if isRotated, note.signatures.count > 1 { try finishRotation() }
    } catch {
      // What was committed stays committed. The next interval tries again.
      logger.error("the checkpoint could not be published", metadata: ["error": "\(error)"])
    }
  }

  private func finishRotation() throws {
    try keyFile.install()
    ledger.signers.dropFormer()
    isRotated.withLock { $0 = false }
  }

  /// Signs an export's manifest as a checkpoint is signed: with both keys until the new key is installed.
  package func sign(_ manifest: ExportManifest) throws -> SignedNote {
    try manifest.signed(by: ledger.signers.keys)
  }

  /// Rotates the signing key for an admin, and returns both keys.
  ///
  /// When this returns, the rotation is recorded. The next checkpoint is signed with both keys. Then the new key
  /// replaces the old one. This waits up to two seconds for that.
  ///
  /// - Throws: `forbidden` if the caller is not an admin, or `busy` while another rotation is in progress.
  package func rotate(for caller: Caller) async throws(ServiceError) -> (old: VerifierKey, new: VerifierKey) {
    guard Policy.permits(caller, .administer) else { throw .forbidden([]) }
    let isFree = isRotating.withLock { isRotating in
      defer { isRotating = true }
      return !isRotating
    }
    guard isFree else { throw .busy("Another key rotation is in progress.") }
    defer { isRotating.withLock { $0 = false } }
    let known = ledger.signers.keys
    guard let old = known.last else { throw .ledgerUnavailable("The ledger has no signing key.") }
    guard known.count == 1 else { throw .busy("The last key rotation is not finished yet.") }
    let new: SigningKey
    do { new = try keyFile.prepare() } catch { throw ServiceError(beforeSending: error) }
    // Both keys sign from here on. After a crash before the event is recorded, the next start removes the new key. The
    // old key verifies what both keys signed.
    ledger.signers.add(new)
    do {
      try await ledger.record([Self.rotation(from: old.verifierKey, to: new.verifierKey, by: caller.actor)])
    } catch {
      ledger.signers.withdraw(new)
      throw ServiceError(beforeSending: error)
    }
    isRotated.withLock { $0 = true }
    for _ in 0..<Self.installationWait where ledger.signers.keys.count > 1 {
      // Ends early only when the request is cancelled.
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

  /// Returns the note on one line, with `\\n` for each line break, so that log collectors keep it whole.
  private static func line(_ note: SignedNote) -> String {
    String(decoding: note.bytes, as: UTF8.self).replacing("\n", with: "\\n")
  }
}
