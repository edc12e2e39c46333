import Foundation
import ReflogDirectory
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogStorage

/// The checks that a server makes before it writes to any file.
///
/// So the server never alters a damaged file before a person repairs the file.
struct StartCheck {
  private let settings: ServerSettings

  /// Checks that the port is free and that the server's files belong together.
  ///
  /// - Throws: An error whose message contains the name of the file and the problem.
  static func run(_ settings: ServerSettings) async throws {
    let check = StartCheck(settings: settings)
    try ListenerCheck.run(host: settings.listener.host, port: settings.listener.port)
    let tenantID = try check.directoryTenant()
    // The checks below are only for a SQLite file. A PostgreSQL server checks its own files, and its database contains
    // the tokens.
    switch settings.location.database {
    case .file(let path):
      try await check.checkLedger(at: path, tenantID)
      try await check.checkTokens()
    case .postgreSQL(let url): try PostgreSQLSupport.check(url)
    }
  }

  private var files: LedgerFiles { settings.location.files }

  /// Returns the id of the directory's tenant, or nil if the embedded directory does not exist yet.
  private func directoryTenant() throws -> String? {
    if let graph = settings.directory.graph { return graph.tenantID }
    let exists = DurableFile.exists(files.directory)
    guard exists || !DurableFile.exists(settings.location.filesPath) else {
      throw CommandFailure(
        .refused,
        "\(settings.location.name) exists, but its directory \(files.directory) is missing. Restore that file."
      )
    }
    guard exists else { return nil }
    return try EmbeddedDirectory.checkedTenant(
      ofFileAt: files.directory,
      acceptsMissingLog: settings.acceptsOlderLedger
    )
  }

  private func checkLedger(at path: String, _ tenantID: String?) async throws {
    guard DurableFile.exists(path) else {
      return try refuseOtherFiles("\(path) is missing", [files.lock])
    }
    let file = try UnopenedLedger(at: path, for: .checkingStart)
    guard file.hasNewestSchema else { return }
    do {
      try await check(file, tenantID)
    } catch LedgerError.servesAnother(let path, let directory, let tenant) {
      throw LedgerError.servesAnother(path: path, directory: directory, tenantID: tenant)
    } catch {
      // If the write-ahead log is missing, the missing log is the cause of the error. So the user gets the error about
      // the missing log.
      throw file.isLogMissing ? StorageError.missingLog(path: settings.location.name) : error
    }
  }

  private func check(_ file: UnopenedLedger, _ tenantID: String?) async throws {
    try file.checkStructure()
    let history = file.history
    guard let served = try await history.served() else {
      guard !file.isLogMissing else { throw StorageError.missingLog(path: settings.location.name) }
      return try refuseOtherFiles("\(settings.location.name) contains no history")
    }
    guard served.directory == settings.directory.kind.rawValue, served.tenantID == tenantID ?? served.tenantID else {
      throw LedgerError.servesAnother(
        path: settings.location.name,
        directory: served.directory,
        tenantID: served.tenantID
      )
    }
    if try await isOlderAccepted(history) { return }
    let checked = try await OpenedLog.check(history, settings)
    // If the write-ahead log is missing, only the anchor can show whether the ledger is complete.
    guard !file.isLogMissing || !checked.isAnchorMissing || settings.acceptsOlderLedger else {
      throw StorageError.missingLog(path: settings.location.name)
    }
  }

  /// Returns whether the settings accept this ledger although the ledger does not match its anchor.
  ///
  /// If the result is true, the server replaces the key and the anchor later. So the key and the anchor are not checked
  /// here.
  private func isOlderAccepted(_ history: History) async throws -> Bool {
    guard settings.acceptsOlderLedger, let anchored = try Anchor(path: settings.anchor).checkpoint() else {
      return false
    }
    try await history.verifyHead()
    return try await !history.holds(anchored)
  }

  /// Throws a failure if a file exists that Reflog creates only for a ledger with entries.
  ///
  /// - Parameters:
  ///   - problem: The problem with the ledger, as a clause for the message.
  ///   - further: The paths of more files that can exist only if a ledger existed.
  private func refuseOtherFiles(_ problem: String, _ further: [String] = []) throws {
    let others = ([files.log, files.key, settings.anchor] + further).filter(DurableFile.exists)
    guard let other = others.first else { return }
    throw CommandFailure(
      .refused,
      "\(problem), but \(other) exists. Restore the ledger. To begin a new ledger, move \(other) away."
    )
  }

  /// Checks the file of tokens, and checks that the first tokens can be stored if first tokens are needed.
  private func checkTokens() async throws {
    for file in [files.tokens, files.firstTokens] { try DurableFile.requirePrivate(file) }
    guard settings.authenticationModes.contains(.token) else { return }
    let exists = DurableFile.exists(files.tokens)
    let isEmpty = exists ? try await TokenStore.isEmpty(besideLedgerAt: settings.location.name) : true
    guard isEmpty, !Terminal.isTerminal, DurableFile.exists(files.firstTokens) else { return }
    throw CommandFailure(
      .refused,
      "\(files.tokens) contains no tokens, and new ones can't be stored, because \(files.firstTokens) exists. Restore "
        + "\(files.tokens), or move \(files.firstTokens) away."
    )
  }
}
