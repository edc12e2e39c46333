package import Logging
package import ReflogLedger
package import ReflogModel
import ServiceLifecycle
import Synchronization

/// Publishes checkpoints, and rotates the key that signs the checkpoints.
///
/// Each commit creates a signed checkpoint. The publisher writes the newest checkpoint to the anchor and to the
/// service's log. Other programs can copy the checkpoint from the service's log, and store the checkpoint elsewhere.
package final class LogPublisher: Service {
  private static let interval = Duration.milliseconds(100)
  /// The maximum number of intervals for which ``rotate(for:)`` waits until the new key is installed.
  private static let installationWait = 20

  private let ledger: Ledger
  private let anchor: Anchor
  private let keyFile: LogKeyFile
  private let logger: Logger
  private let isRotating = Mutex(false)
  /// Whether a key rotation is recorded and its new key is not installed yet.
  private let isRotated: Mutex<Bool>
  private let keyReplacement: Mutex<KeyReplacement?>

  /// Creates a publisher of this ledger's checkpoints.
  ///
  /// - Parameters:
  ///   - ledger: The ledger.
  ///   - keyFile: The file of the signing key.
  ///   - anchor: The file of the newest checkpoint.
  ///   - keyReplacement: The replacement of a lost key, if an admin must still confirm the replacement. Otherwise, the
  ///     value is nil.
  ///   - logger: The service's log.
  package init(
    ledger: Ledger,
    keyFile: LogKeyFile,
    anchor: Anchor,
    keyReplacement: KeyReplacement? = nil,
    logger: Logger
  ) {
    self.ledger = ledger
    self.anchor = anchor
    self.keyFile = keyFile
    self.logger = logger
    self.keyReplacement = Mutex(keyReplacement)
    // Two keys mean that a crash interrupted a key rotation. The publisher finishes the rotation after the next
    // checkpoint.
    isRotated = Mutex(ledger.signers.keys.count > 1)
  }

  /// Publishes each new checkpoint, and the last checkpoint when the service stops.
  package func run() async throws {
    var published: String?
    while !Task.isEnding {
      publish(behind: &published)
      // The sleep ends early, with an error, only if the service stops. Then the loop ends too.
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
    }
    publish(behind: &published)
  }

  private func publish(behind published: inout String?) {
    let isRotated = isRotated.withLock { $0 }
    guard let checkpoint = ledger.newestCheckpoint, checkpoint != published || isRotated else { return }
    do {
      let note = try SignedNote(parsing: Array(checkpoint.utf8))
      // If the process crashes here, the anchor covers fewer entries than the ledger has. The next start accepts an
      // anchor that covers fewer entries.
      try anchor.write(note)
      logger.info("checkpoint", metadata: ["checkpoint": "\(Self.line(note))"])
      published = checkpoint
      // The old key is needed until a checkpoint with the signatures of both keys is published. Then the rotation can
      // be finished.
      if isRotated, note.signatures.count > 1 { try finishRotation() }
    } catch {
      // The error is only logged, because no committed change is lost. The publisher tries again after the next
      // interval.
      logger.error("the checkpoint could not be published", metadata: ["error": "\(error)"])
    }
  }

  private func finishRotation() throws {
    try keyFile.install()
    ledger.signers.dropFormer()
    isRotated.withLock { $0 = false }
  }

  /// Checks the signatures of the newest checkpoint and of the anchor, and compares their numbers of entries and their
  /// roots with the log.
  ///
  /// The server makes the same comparison at each start. The comparison reads only a few hashes, so its time does not
  /// depend on the length of the log.
  ///
  /// - Throws: `ledgerUnreadable` if the ledger or the anchor can't be read. A difference is not an error: the result
  ///   describes it.
  package func check() async throws(ServiceError) -> LogCheck {
    let history = ledger.history
    var (signed, anchored): (Int64?, Int64?) = (nil, nil)
    do {
      anchored = try anchor.checkpoint()?.size
      signed = try await history.checkpoint()?.size
      try await anchor.check(
        history,
        keys: ledger.signers.keys.map(\.verifierKey),
        try await history.keyRotations(),
        replaced: try await history.keyReplacements().last,
        keyPath: keyFile.path
      )
    } catch {
      switch error {
      case .anchorMismatch, .unusableKey, .corrupt, .altered:
        return LogCheck(signedEntries: signed, anchoredEntries: anchored, problem: error.description)
      default: throw ServiceError(reading: error)
      }
    }
    return LogCheck(signedEntries: signed, anchoredEntries: anchored)
  }

  /// Signs an export's manifest with the same keys as a checkpoint.
  ///
  /// During a key rotation, the manifest is signed with the old key and the new key.
  package func sign(_ manifest: ExportManifest) throws -> SignedNote {
    try manifest.signed(by: ledger.signers.keys)
  }

  /// The keys that sign checkpoints and manifests: two keys during a key rotation, otherwise one key.
  package var signers: [SigningKey] { ledger.signers.keys }

  /// Rotates the signing key for an admin, and returns the old key and the new key.
  ///
  /// When this method returns, the rotation is recorded. The next checkpoint is signed with both keys. After that
  /// checkpoint, the new key replaces the old key. This method returns when the new key is installed, or after two
  /// seconds.
  ///
  /// - Throws: `forbidden` if the caller is not an admin, or `busy` while another rotation is in progress.
  package func rotate(for caller: Caller) async throws(ServiceError) -> (old: VerifierKey, new: VerifierKey) {
    try Policy.require(caller, .administer)
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
    // From this line on, both keys sign. If the process crashes before the event is recorded, the next start removes
    // the new key. That does no harm, because all checkpoints with both signatures can still be verified with the old
    // key.
    ledger.signers.add(new)
    do {
      try await ledger.record([Self.rotation(from: old.verifierKey, to: new.verifierKey, by: caller.actor)])
    } catch {
      ledger.signers.withdraw(new)
      throw ServiceError(beforeSending: error)
    }
    isRotated.withLock { $0 = true }
    for _ in 0..<Self.installationWait where ledger.signers.keys.count > 1 {
      // The sleep ends early, with an error, only if the request is cancelled. A cancelled request does not stop the
      // rotation.
      try? await Task.sleep(for: Self.interval)
    }
    return (old.verifierKey, new.verifierKey)
  }

  /// Records that an admin confirmed the replacement of the lost key, and returns the replacement.
  ///
  /// When this method returns, the pages and the status do not show the replacement any more. The result is nil if
  /// there is no replacement to confirm.
  ///
  /// - Throws: `forbidden` if the caller is not an admin.
  package func confirmReplacement(for caller: Caller) async throws(ServiceError) -> KeyReplacement? {
    try Policy.require(caller, .administer)
    guard let replacement = try await reading(await ledger.history.unconfirmedKeyReplacement()) else { return nil }
    let details: JSONObject = ["replacedBy": .string(String(replacement.event))]
    let confirmed = ServiceEvent.Content(.keyReplacementConfirmed, actor: caller.actor, details: details)
    try await recording(await ledger.record([confirmed]))
    keyReplacement.withLock { $0 = nil }
    return replacement
  }

  /// The replacement of a lost key, or nil if no replacement waits for the confirmation by an admin.
  package var unconfirmedReplacement: KeyReplacement? { keyReplacement.withLock { $0 } }

  private static func rotation(
    from old: VerifierKey,
    to new: VerifierKey,
    by actor: Change.Actor
  ) -> ServiceEvent.Content {
    ServiceEvent.Content(.keyRotated, actor: actor, details: ["from": .string(old.text), "to": .string(new.text)])
  }

  /// Returns the note on one line, with `\\n` for each line break.
  ///
  /// The note is written on one line because log collectors could split a note that has several lines.
  private static func line(_ note: SignedNote) -> String {
    String(decoding: note.bytes, as: UTF8.self).replacing("\n", with: "\\n")
  }
}
