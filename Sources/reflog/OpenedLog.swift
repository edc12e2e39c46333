import ReflogLedger
import ReflogModel

/// The key file and the anchor of a log that was checked and can be signed.
struct OpenedLog {
  let keyFile: LogKeyFile
  let anchor: Anchor

  /// The result of the check: the files of the log, and the newest replacement of a lost key.
  struct Checked {
    let keyFile: LogKeyFile
    let found: LogKeyFile.Found
    let anchor: Anchor
    /// Whether the log is signed, but its anchor is missing.
    ///
    /// Without the anchor, Reflog can't check that this is the newest copy of the ledger.
    let isAnchorMissing: Bool
    /// The newest replacement of a lost key, or nil if no key was replaced.
    let replacement: KeyReplacement?
  }

  /// Checks that the log, its key and its anchor belong together.
  ///
  /// This method changes no file.
  static func check(_ history: History, _ settings: ServerSettings) async throws -> Checked {
    let anchor = Anchor(path: settings.anchor)
    // The head row of the log is verified first, because Reflog must not trust or write to an altered log.
    try await history.verifyHead()
    let origin = try await history.origin()
    guard settings.origin ?? origin == origin else {
      throw CommandFailure(
        .refused,
        "The log of \(settings.location.name) has the name \(origin), which can't be changed. Unset or correct "
          + "\(Setting.origin.variable)."
      )
    }
    let keyFile = LogKeyFile(besideLedgerAt: settings.location.filesPath, origin: origin)
    let rotations = try await history.keyRotations()
    let isSigned = try await history.checkpoint() != nil
    let replacement = try await history.keyReplacements().last
    let found = try keyFile.find(newest: rotations.last?.to, replaced: replacement?.key, isSigned: isSigned)
    let isAnchorMissing = try isSigned && anchor.checkpoint() == nil
    let keys = found.keys.map(\.verifierKey)
    try await anchor.check(
      history,
      keys: keys,
      rotations,
      replaced: replacement,
      keyPath: settings.location.files.key
    )
    try await history.verifyHead(signedBy: keys)
    try await history.verifyNewestRows()
    // The key for cursors is read here, so that a damaged key is found at the start, and not by a later request.
    _ = try await history.cursorKey()
    return Checked(
      keyFile: keyFile,
      found: found,
      anchor: anchor,
      isAnchorMissing: isAnchorMissing,
      replacement: replacement
    )
  }

  /// Checks the log, and adds the signing keys to the ledger.
  ///
  /// Call this method before the writer thread starts.
  static func open(_ ledger: Ledger, _ settings: ServerSettings) async throws -> OpenedLog {
    if settings.acceptsOlderLedger {
      try await ledger.history.verifyHead()
      try await acceptOlder(ledger, Anchor(path: settings.anchor), settings)
    }
    let checked = try await check(ledger.history, settings)
    if checked.isAnchorMissing {
      Terminal.say(
        "The anchor \(settings.anchor) does not exist. Reflog can't check that this is the newest copy of the ledger. "
          + "It creates a new anchor."
      )
    }
    let keys = try checked.keyFile.keys(checked.found)
    try checked.keyFile.keep(keys, of: checked.found)
    if let replacement = checked.replacement { try checked.anchor.putAsideFormer(replacement) }
    for key in keys { ledger.signers.add(key) }
    return OpenedLog(keyFile: checked.keyFile, anchor: checked.anchor)
  }

  /// Accepts a ledger that is older than its anchor or does not match the anchor.
  ///
  /// If the process ends before the method returns, the next start does the remaining work.
  private static func acceptOlder(_ ledger: Ledger, _ anchor: Anchor, _ settings: ServerSettings) async throws {
    guard let anchored = try anchor.checkpoint(), try await !ledger.history.holds(anchored) else { return }
    if try await !ledger.history.hasAccepted(anchored) {
      let origin = try Ledger.origin(after: anchored)
      // If the process ends after the next line, the file of the new key remains next to the file of the current key.
      // The next start then replaces the new key with another new key.
      let key = try LogKeyFile(besideLedgerAt: settings.location.filesPath, origin: origin).prepare()
      try ledger.acceptOlder(than: anchored, as: origin, signedBy: key)
    }
    let origin = try await ledger.history.origin()
    try LogKeyFile(besideLedgerAt: settings.location.filesPath, origin: origin).replaceFormer()
    let evidence = try anchor.putAside(anchored)
    Terminal.say(
      "\(settings.location.name) was accepted although it does not contain all \(anchored.size) signed entries of "
        + "\(anchored.origin). The log continues as \(origin) with a new key. The old anchor is kept as \(evidence)."
    )
  }
}
