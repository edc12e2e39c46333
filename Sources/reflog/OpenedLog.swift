import ReflogLedger
import ReflogModel

/// A ledger's log, ready to be signed: what the anchor says was signed is there, and so is the key.
struct OpenedLog {
  let keyFile: LogKeyFile
  let anchor: Anchor

  /// Opens it, and gives the ledger its keys; call this before the writer's thread runs.
  static func open(_ ledger: Ledger, _ settings: ServerSettings) async throws -> OpenedLog {
    let anchor = Anchor(path: settings.anchor)
    // Before anything is written, and before the word of any event counts.
    try await ledger.verifyHead()
    if settings.acceptsOlderLedger { try await acceptOlder(ledger, anchor, settings) }
    let origin = try await ledger.history.origin()
    guard settings.origin ?? origin == origin else {
      throw CommandFailure(
        .refused,
        "The log of \(settings.database) is named \(origin), for good; \(Setting.origin.variable) says otherwise."
      )
    }
    let keyFile = LogKeyFile(besideLedgerAt: settings.database, origin: origin)
    let rotations = try await ledger.history.keyRotations()
    let isSigned = try await ledger.history.checkpoint() != nil
    let found = try keyFile.find(newest: rotations.last?.to, isSigned: isSigned)
    if isSigned, try anchor.checkpoint() == nil {
      Terminal.say(
        "There is no anchor \(anchor.path), so nothing shows whether this is the newest copy of the ledger. A new one is begun."
      )
    }
    try await anchor.check(ledger.history, keys: found.keys.map(\.verifierKey), rotations)
    let keys = try keyFile.keys(found)
    try await ledger.verifyHead(signedBy: keys.map(\.verifierKey))
    try keyFile.keep(keys, of: found)
    for key in keys { ledger.signers.add(key) }
    return OpenedLog(keyFile: keyFile, anchor: anchor)
  }

  /// Takes a ledger into use that is not what its anchor says it was; what a crash broke off is finished by doing it again.
  private static func acceptOlder(_ ledger: Ledger, _ anchor: Anchor, _ settings: ServerSettings) async throws {
    guard let anchored = try anchor.checkpoint(), try await !ledger.history.holds(anchored) else { return }
    if try await !ledger.history.hasAccepted(anchored) {
      let origin = try Ledger.origin(after: anchored)
      // A crash behind this line: the key waits beside the one in force, and the next start makes another in its place.
      let key = try LogKeyFile(besideLedgerAt: settings.database, origin: origin).prepare()
      try ledger.acceptOlder(than: anchored, as: origin, signedBy: key)
    }
    let origin = try await ledger.history.origin()
    try LogKeyFile(besideLedgerAt: settings.database, origin: origin).replaceFormer()
    let evidence = try anchor.putAside(anchored)
    Terminal.say(
      "\(settings.database) was taken into use although \(anchored.size) entries of \(anchored.origin) were signed that are "
        + "not its own. The log goes on as \(origin), with a key of its own; the anchor is kept as \(evidence)."
    )
  }
}
