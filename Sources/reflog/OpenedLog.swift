import ReflogLedger
import ReflogModel
import ReflogStorage

/// A ledger's log, ready to be signed: what the anchor says was signed is there, and so is the key.
struct OpenedLog {
  let key: SigningKey
  let keyFile: LogKeyFile
  let anchor: Anchor

  /// Opens it; call this before the storage's writer runs.
  init(of ledger: Ledger, in storage: Storage, _ settings: ServerSettings) async throws {
    anchor = Anchor(path: settings.anchor)
    if settings.acceptsOlderLedger { try await Self.acceptOlder(ledger, storage, anchor, settings) }
    let origin = try await ledger.history.origin()
    guard settings.origin ?? origin == origin else {
      throw CommandFailure(
        .refused,
        "The log of \(settings.database) is named \(origin), for good; \(Setting.origin.variable) says otherwise."
      )
    }
    keyFile = LogKeyFile(besideLedgerAt: settings.database, origin: origin)
    let rotations = try await ledger.history.keyRotations()
    if let found = try keyFile.find(newest: rotations.last?.to) {
      key = found
    } else {
      guard try await ledger.history.checkpoint() == nil else { throw keyFile.missing }
      key = try keyFile.make()
    }
    try await anchor.check(ledger.history, keys: [key.verifierKey] + rotations.map(\.from))
  }

  /// Takes a ledger into use that is not what its anchor says it was; what a crash broke off is finished by doing it again.
  private static func acceptOlder(
    _ ledger: Ledger,
    _ storage: Storage,
    _ anchor: Anchor,
    _ settings: ServerSettings
  ) async throws {
    guard let anchored = try anchor.checkpoint(), try await !ledger.history.holds(anchored) else { return }
    try ledger.acceptOlder(than: anchored, in: storage)
    let origin = try await ledger.history.origin()
    try LogKeyFile(besideLedgerAt: settings.database, origin: origin).putAside()
    try anchor.putAside(anchored)
    Talk.say(
      "\(settings.database) was taken into use although \(anchored.size) entries of \(anchored.origin) were signed that are "
        + "not its own. The log goes on as \(origin), with a key of its own; the anchor is kept as \(settings.anchor).\(anchored.size)."
    )
  }
}
