import ReflogLedger
import ReflogModel
import ReflogStorage

/// A ledger's log, ready to be signed: what the anchor says was signed is there, and so is the key.
struct OpenedLog {
  /// Those that sign the next checkpoint, the one in force last.
  let keys: [SigningKey]
  let keyFile: LogKeyFile
  let anchor: Anchor

  /// Opens it; call this before the storage's writer runs.
  static func open(_ ledger: Ledger, in storage: Storage, _ settings: ServerSettings) async throws -> OpenedLog {
    let anchor = Anchor(path: settings.anchor)
    if settings.acceptsOlderLedger { try await acceptOlder(ledger, storage, anchor, settings) }
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
      Talk.say(
        "There is no anchor \(anchor.path), so nothing shows whether this is the newest copy of the ledger. A new one is begun."
      )
    }
    try await anchor.check(ledger.history, keys: found.keys.map(\.verifierKey), rotations)
    let keys = try keyFile.keys(found)
    try ledger.sealTail(with: keys, isFirst: found.isFirst)
    try keyFile.keep(keys, of: found)
    return OpenedLog(keys: keys, keyFile: keyFile, anchor: anchor)
  }

  /// Takes a ledger into use that is not what its anchor says it was; what a crash broke off is finished by doing it again.
  private static func acceptOlder(
    _ ledger: Ledger,
    _ storage: Storage,
    _ anchor: Anchor,
    _ settings: ServerSettings
  ) async throws {
    guard let anchored = try anchor.checkpoint(), try await !ledger.history.holds(anchored) else { return }
    try await ledger.history.refuseUnsignedLosses(signedBelow: try await ledger.history.checkpoint()?.size)
    try ledger.acceptOlder(than: anchored, in: storage)
    try putAside(anchored, anchor, for: try await ledger.history.origin(), settings)
  }

  /// Moves what belongs to the older name of a log out of the way.
  private static func putAside(
    _ anchored: Checkpoint,
    _ anchor: Anchor,
    for origin: Origin,
    _ settings: ServerSettings
  ) throws {
    try LogKeyFile(besideLedgerAt: settings.database, origin: origin).putAside()
    let evidence = try anchor.putAside(anchored)
    Talk.say(
      "\(settings.database) was taken into use although \(anchored.size) entries of \(anchored.origin) were signed that are "
        + "not its own. The log goes on as \(origin), with a key of its own; the anchor is kept as \(evidence)."
    )
  }
}
