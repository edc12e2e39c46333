import ArgumentParser
import Foundation
import ReflogLedger
import ReflogModel
import ReflogStorage

/// The command `reflog key replace`.
struct ReplaceKey: Command {
  static let configuration = CommandConfiguration(
    commandName: "replace",
    abstract: "Replaces a signing key that is lost. Stop the server first.",
    discussion: """
      A server does not start without the key that signed its ledger. First try to restore <database>.key from a copy. \
      If there is none, use this verb. The log gets a new name and a new key. The first entry under the new name \
      records the size and the root of the part that the lost key signed, and the reason.

      The pages and reflog status show the replacement until an administrator runs reflog key confirm. Keep the public \
      key of the lost key: reflog verify --key OLD --key NEW checks both parts.

        reflog key replace --lost --reason 'Disk failure, no copy of the key'
      """
  )

  @Flag(help: "The key is lost and can't be restored.")
  var lost = false

  @Option(help: "Why the key is replaced. The reason is recorded and shown.")
  var reason: String

  @Option(help: "The ledger's file or PostgreSQL URL. Default: REFLOG_DATABASE, else ./reflog.sqlite.")
  var database: String?

  @Option(help: "The file with the newest checkpoint. Default: REFLOG_ANCHOR, else <database>.anchor.")
  var anchor: String?

  /// The maximum length, in bytes, of the reason for the replacement.
  private static let reasonLimit = 1024

  func validate() throws {
    guard lost else {
      throw ValidationError("Use --lost to state that the key is lost. To change a key that you have: key rotate.")
    }
    guard !reason.isBlank, reason.utf8.count <= Self.reasonLimit else {
      throw ValidationError("The reason must have 1 to \(Self.reasonLimit) bytes.")
    }
  }

  func execute() async throws {
    let location = LedgerLocation(given: database)
    let file = Anchor(path: anchor ?? Environment["REFLOG_ANCHOR"] ?? location.files.anchor)
    let (store, close) = try Self.open(location)
    let replaced: KeyReplacement
    do {
      replaced = try await LostKey(of: store, filesAt: location.filesPath, anchor: file).replace(because: reason) {
        Timestamp(Date())
      }
    } catch {
      // An error of `close` is ignored, so that the command reports the error of the replacement.
      try? close()
      throw error
    }
    try close()
    Terminal.say(
      "The log \(replaced.formerOrigin) ends with \(replaced.formerSize) entries. It continues as \(replaced.origin), "
        + "with the key \(replaced.key). Start the server, then confirm this with reflog key confirm."
    )
  }

  /// Opens a ledger that no server uses, and returns the ledger with a function that closes the ledger.
  private static func open(
    _ location: LedgerLocation
  ) throws -> (store: any LedgerStore, close: @Sendable () throws -> Void) {
    try location.requireFile()
    switch location.database {
    case .file(let path):
      let storage = try Storage(path: path, kind: .ledger)
      return (SQLiteLedger(storage), { try storage.close() })
    case .postgreSQL(let url):
      let opened = try PostgreSQLSupport.open(url, acceptsNoStandby: true, clock: { Timestamp(Date()) })
      return (opened.store, opened.close)
    }
  }
}
