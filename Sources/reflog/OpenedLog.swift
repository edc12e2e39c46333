import ReflogLedger
import ReflogModel

/// The log of a ledger, checked against its anchor and ready to be signed.
struct OpenedLog {
  let keyFile: LogKeyFile
  let anchor: Anchor

  /// Checks the log, and adds the signing keys to the ledger.
  ///
  /// Call this method before the writer thread starts.
  static func open(_ ledger: Ledger, _ settings: ServerSettings) async throws -> OpenedLog {
    let anchor = Anchor(path: settings.anchor)
    // The head row of the log is verified first, because Reflog must not trust or write to an altered log.
    try await ledger.verifyHead()
    if settings.acceptsOlderLedger { try await acceptOlder(ledger, anchor, settings) }
    let origin = try await ledger.history.origin()
    guard settings.origin ?? origin == origin else {
      throw CommandFailure(
        .refused,
        "The log of \(settings.database) has the name \(origin), which can't be changed. Unset or correct "
          + "\(Setting.origin.variable)."
      )
    }
    let keyFile = LogKeyFile(besideLedgerAt: settings.database, origin: origin)
    let rotations = try await ledger.history.keyRotations()
    let isSigned = try await ledger.history.checkpoint() != nil
    let replacements = try await ledger.history.keyReplacements()
    let found = try keyFile.find(newest: rotations.last?.to, replaced: replacements.last?.key, isSigned: isSigned)
    if isSigned, try anchor.checkpoint() == nil {
      Terminal.say(
        "The anchor \(anchor.path) does not exist. Reflog can't check that this is the newest copy of the ledger. It "
          + "creates a new anchor."
      )
    }
    try await anchor.check(
      ledger.history,
      keys: found.keys.map(\.verifierKey),
      rotations,
      replaced: replacements.last,
      keyPath: settings.database + ".key"
    )
    let keys = try keyFile.keys(found)
    try await ledger.verifyHead(signedBy: keys.map(\.verifierKey))
    try keyFile.keep(keys, of: found)
    if let newest = replacements.last { try anchor.putAsideFormer(newest) }
    for key in keys { ledger.signers.add(key) }
    return OpenedLog(keyFile: keyFile, anchor: anchor)
  }

  /// Accepts a ledger that is older than its anchor or does not match the anchor.
  ///
  /// If the process ends before the method returns, the next start does the remaining work.
  private static func acceptOlder(_ ledger: Ledger, _ anchor: Anchor, _ settings: ServerSettings) async throws {
    guard let anchored = try anchor.checkpoint(), try await !ledger.history.holds(anchored) else { return }
    if try await !ledger.history.hasAccepted(anchored) {
      let origin = try Ledger.origin(after: anchored)
      // If the process ends here, the new key is already next to the current key. The next start replaces the new key.
      let key = try LogKeyFile(besideLedgerAt: settings.database, origin: origin).prepare()
      try ledger.acceptOlder(than: anchored, as: origin, signedBy: key)
    }
    let origin = try await ledger.history.origin()
    try LogKeyFile(besideLedgerAt: settings.database, origin: origin).replaceFormer()
    let evidence = try anchor.putAside(anchored)
    Terminal.say(
      "\(settings.database) was accepted although it does not contain all \(anchored.size) signed entries of "
        + "\(anchored.origin). The log continues as \(origin) with a new key. The old anchor is kept as \(evidence)."
    )
  }
}
