package import Logging
package import ReflogLedger
package import ReflogModel
import ServiceLifecycle
import Synchronization

/// Publishes the log behind the commits: each commit signs a checkpoint, and the newest goes to the anchor and into the log of the
/// service, for whoever keeps that elsewhere.
package final class LogPublisher: Service {
  private static let interval = Duration.milliseconds(100)
  /// For how many of these a rotation waits until the new key is in its place.
  private static let installationWait = 20

  private let ledger: Ledger
  private let anchor: Anchor
  private let keyFile: LogKeyFile
  private let logger: Logger
  private let isRotating = Mutex(false)
  /// Whether a rotation is on record, so that the new key is to be put in its place.
  private let isRotated: Mutex<Bool>

  package init(ledger: Ledger, keyFile: LogKeyFile, anchor: Anchor, logger: Logger) {
    self.ledger = ledger
    self.anchor = anchor
    self.keyFile = keyFile
    self.logger = logger
    // A rotation that a crash broke off.
    isRotated = Mutex(ledger.signers.keys.count > 1)
  }

  /// Publishes whenever there is something new, and once more at the end.
  package func run() async throws {
    var published: String?
    while !Task.isEnding {
      publish(behind: &published)
      // Ends early only when it is time to stop.
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
    }
    publish(behind: &published)
  }

  private func publish(behind published: inout String?) {
    let isRotated = isRotated.withLock { $0 }
    guard let checkpoint = ledger.newestCheckpoint, checkpoint != published || isRotated else { return }
    do {
      let note = try SignedNote(parsing: Array(checkpoint.utf8))
      // A crash before this line: the anchor is some entries behind the ledger, which a start takes as it is.
      try anchor.write(note)
      logger.info("checkpoint", metadata: ["checkpoint": "\(Self.line(note))"])
      published = checkpoint
      // Only once a checkpoint with both signatures is published is the former key needed no more.
      if isRotated, note.signatures.count > 1 { try finishRotation() }
    } catch {
      // What was committed stays; the next time does what is left to do.
      logger.error("no checkpoint could be published", metadata: ["error": "\(error)"])
    }
  }

  private func finishRotation() throws {
    try keyFile.install()
    ledger.signers.dropFormer()
    isRotated.withLock { $0 = false }
  }

  /// Signs what an exported file holds, as a checkpoint is signed: with both keys until the new one is published.
  package func sign(_ manifest: ExportManifest) throws -> SignedNote {
    try manifest.signed(by: ledger.signers.keys)
  }

  /// Signs with a new key from now on, on behalf of an admin. When this returns, the change of keys is on record; the next checkpoint
  /// is signed with both, and then the new key is in the place of the old, which is within a moment.
  package func rotate(for caller: Caller) async throws(ServiceError) -> (old: VerifierKey, new: VerifierKey) {
    guard Policy.permits(caller, .administer) else { throw .forbidden([]) }
    let isFree = isRotating.withLock { isRotating in
      defer { isRotating = true }
      return !isRotating
    }
    guard isFree else { throw .busy("The key is being rotated.") }
    defer { isRotating.withLock { $0 = false } }
    let known = ledger.signers.keys
    guard let old = known.last else { throw .ledgerUnavailable("There is no key.") }
    guard known.count == 1 else { throw .busy("The key was just rotated.") }
    let new: SigningKey
    do { new = try keyFile.prepare() } catch { throw ServiceError(beforeSending: error) }
    // Both sign from here on. A crash before the event is on record: the next start removes the new key, and the old one verifies
    // what both signed.
    ledger.signers.add(new)
    do {
      try await ledger.record([Self.rotation(from: old.verifierKey, to: new.verifierKey, by: caller.actor)])
    } catch {
      ledger.signers.withdraw(new)
      throw ServiceError(beforeSending: error)
    }
    isRotated.withLock { $0 = true }
    for _ in 0..<Self.installationWait where ledger.signers.keys.count > 1 {
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
