import ArgumentParser
import Foundation
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogStorage

/// The command `reflog verify`.
struct Verify: Command {
  static let configuration = CommandConfiguration(
    abstract: "Checks that the history was not altered after it was recorded and signed.",
    discussion: """
      It compares rows with entries, entries with the Merkle tree, and the tree with signed checkpoints. It reports \
      every difference. A server may run at the same time.

      Use a key and a checkpoint that you kept on another machine. Without --key, the key in the file itself is \
      trusted. The check then finds damage, but it can't find a forgery by a person who also replaced that key.

        reflog checkpoint > kept-elsewhere.txt
        reflog verify --key 'audit.contoso.example/reflog+1f2e3d4c+…' --since kept-elsewhere.txt
        reflog verify --key "$(cat key.txt)" --manifest quarter.csv.manifest
        reflog verify --key "$(cat key.txt)" --manifest audit-2026-Q3/evidence.manifest

      With --manifest it checks an exported file, or a pack that reflog evidence wrote, against the signed manifest. This \
      needs no ledger. With --database, or if REFLOG_DATABASE is set, it also checks the ledger, and compares the rows of \
      an exported file with the ledger. If a program saved a file in another form, for example a spreadsheet, and the \
      rows agree, the exit code is 3.

      It also checks the indexes and the schema, because an altered index or view hides rows from a query. These parts \
      of the ledger's file are not checked, because they are not part of the history: free pages, the last observations \
      of the directory, and the link from a purged entry to its purged change.

      It reads the ledger itself, so it does not use REFLOG_SERVER. To check a server's log without the ledger, use \
      the Python program that the server offers at /assets/verify_log.py, or reflog evidence.
      """
  )

  @Option(help: "The ledger's file or PostgreSQL URL. Default: REFLOG_DATABASE, else ./reflog.sqlite.")
  var database: String?

  @Option(help: "Not supported. With this option, a message tells how to check a server.")
  var server: String?

  @Option(help: "A trusted key as a vkey, name+id+base64. After a rotation, repeat the option for each key.")
  var key: [String] = []

  @Option(help: "A file with the newest checkpoint. Default: <database>.anchor, if it exists.")
  var anchor: String?

  @Option(help: "A file with a checkpoint that you kept. The history up to this checkpoint must be unaltered.")
  var since: String?

  @Option(help: "The signed manifest of an exported file or of a pack. The files must be in the same folder.")
  var manifest: String?

  func execute() async throws {
    let isWithLedger = [database, Environment["REFLOG_DATABASE"], anchor, since].contains { $0 != nil }
    let location = LedgerLocation(given: database)
    if server != nil || isWithLedger || manifest == nil { try refuseServer(location) }
    if let manifest, !isWithLedger { return try checkWithoutLedger(manifest) }
    try location.requireFile()
    try await Self.unverified { try await verify(location) }
  }

  /// Throws a failure if the user wants to check a server, because a server does not send its rows. The message
  /// proposes other commands.
  private func refuseServer(_ location: LedgerLocation) throws {
    guard let url = server ?? Environment["REFLOG_SERVER"] else { return }
    let isGiven = database != nil || Environment["REFLOG_DATABASE"] != nil
    let exists =
      if case .file(let path) = location.database { FileManager.default.fileExists(atPath: path) } else { true }
    guard server != nil || !isGiven && !exists else {
      if !isGiven { Terminal.say("REFLOG_SERVER is not used. reflog verify reads \(location.name).") }
      return
    }
    try ServerClient.refuseUser(in: url)
    let program = (url.hasSuffix("/") ? String(url.dropLast()) : url) + "/assets/verify_log.py"
    let evidence = Suggestion("evidence").adding("--server", url)
    throw CommandFailure(
      .usage,
      "reflog verify can't verify through a server, and \(url) is a server. If you have the ledger's file or a copy, use "
        + "--database FILE. To check the server's log from here, download \(program), then: python3 verify_log.py "
        + "\(url) --key KEY --old CHECKPOINT. To check the changes of a period: \(evidence) --period PERIOD FOLDER, "
        + "then reflog verify --manifest FOLDER/evidence.manifest --key KEY."
    )
  }

  /// Calls `body`, and converts every error except a `CommandFailure` into a failed verification.
  ///
  /// A file that can't be read as a ledger also counts as a failed verification.
  private static func unverified(_ body: () async throws -> Void) async throws {
    do { try await body() } catch let failure as CommandFailure { throw failure } catch {
      throw CommandFailure(.unverified, "The ledger failed verification: \(CommandFailure(error).message)")
    }
  }

  /// Compares a manifest with the files that it describes, without a ledger.
  private func checkWithoutLedger(_ path: String) throws {
    let given = try GivenManifest(path, keys: try givenKeys())
    let report = try given.report()
    if report.findings.isEmpty { given.saySelection() }
    try report.show(given.subject)
    given.say()
    given.sayLimit()
  }

  /// The characters that are removed at the ends of a key. `verify.py` and `verify_log.py` remove the same characters.
  ///
  /// If a shell reads a key from a file that was written on Windows, the key can contain the file's byte order mark
  /// and carriage return. A copied key can have spaces, or no-break spaces from a web page, at its ends.
  private static let aroundKeys = CharacterSet(charactersIn: "\u{FEFF}\u{A0} \t\r\n")

  private func givenKeys() throws -> [VerifierKey] {
    do { return try key.map { try VerifierKey($0.trimmingCharacters(in: Self.aroundKeys)) } } catch {
      throw CommandFailure(.usage, "\(error) For a key in a file, use --key \"$(cat FILE)\".")
    }
  }

  private func verify(_ location: LedgerLocation) async throws {
    let history = try location.history()
    // If the schema can't be read, the list is empty, and the error of the verification below is reported.
    let altered = (try? await history.alteredSchemaItems()) ?? []
    do { try await verify(history, location) } catch {
      guard !(error is CommandFailure), !altered.isEmpty else { throw error }
      // The altered schema is the probable cause of the error.
      let cause = StorageError.alteredSchema(path: location.name, name: altered.joined(separator: ", "))
      throw CommandFailure(
        .unverified,
        "The ledger failed verification: \(cause) Reading it failed: \(CommandFailure(error).message)"
      )
    }
  }

  private func verify(_ history: History, _ location: LedgerLocation) async throws {
    let path = location.name
    let keys = try await keys(history, path)
    let given = try manifest.map { try GivenManifest($0, keys: keys) }
    var claims = try claims(anchor: anchor ?? location.files.anchor)
    if let checkpoint = given?.checkpoint {
      try await requireEntries(of: checkpoint, history, path)
      claims.append(
        LogVerification.ExpectedCheckpoint(source: "the manifest's checkpoint", note: Array(checkpoint.utf8))
      )
    }
    let verification = LedgerVerification(of: history, keys: keys, against: claims)
    let progress = Counter(verb: "verified", noun: "changes and entries")
    let report = try await verification.run { progress.add($0) }
    progress.end()
    await showRotations(history, report)
    await showReplacements(history)
    let files = try await fileReport(given, history)
    try show(report, files.findings + files.forms)
    guard let given else { return }
    if files.findings.isEmpty { given.saySelection() }
    try files.requireAgreement(given.subject)
    given.say()
  }

  /// Compares a manifest with the files that it describes.
  ///
  /// If the manifest describes an exported file, the rows of this file are also compared with the ledger.
  private func fileReport(_ given: GivenManifest?, _ history: History) async throws -> FileReport {
    guard let given else { return FileReport() }
    guard case .export(let manifest) = given.content else { return try given.report() }
    return try await ExportVerification(given.path, manifest).report(against: HistoryService(history: history))
  }

  /// Throws a failure if the ledger has fewer entries than the checkpoint in the manifest covers.
  private func requireEntries(of checkpoint: String, _ history: History, _ path: String) async throws {
    guard let signed = try? Checkpoint(text: SignedNote(parsing: Array(checkpoint.utf8)).text) else { return }
    let size = try await history.checkpoint()?.size ?? 0
    guard size < signed.size else { return }
    throw CommandFailure(
      .refused,
      "\(path) is older than the export: it has \(size) entries, and \(signed.size) were signed before the export. "
        + "Compare the export with a newer copy of the ledger."
    )
  }

  /// Returns the keys that the user gave, or the key in the ledger if the user gave no key.
  private func keys(_ history: History, _ path: String) async throws -> [VerifierKey] {
    let own = try await history.checkpoint()?.key
    guard !key.isEmpty || own != nil else {
      throw CommandFailure(
        .unverified,
        "\(path) contains no signed checkpoint, so the log's key is not known. Use --key."
      )
    }
    if let own, key.isEmpty { Terminal.say("No --key is given, so the key in the file is trusted: \(own)") }
    guard key.isEmpty else { return try givenKeys() }
    do { return try [own].compactMap(\.self).map { try VerifierKey($0) } } catch {
      throw CommandFailure(.unverified, "The key in \(path) is not valid: \(error) Use --key to verify the file.")
    }
  }

  /// Returns the checkpoints that the log must match.
  ///
  /// The result contains the checkpoint in the anchor, if the anchor exists. The result also contains the checkpoint in
  /// the file of the option `--since`, if the user gave this option.
  private func claims(anchor path: String) throws -> [LogVerification.ExpectedCheckpoint] {
    var claims: [LogVerification.ExpectedCheckpoint] = []
    if anchor != nil || FileManager.default.fileExists(atPath: path) {
      claims.append(try claim("the anchor", path))
    } else {
      Terminal.say("The anchor \(path) does not exist. Reflog can't check that the newest entries are present.")
    }
    if let since { claims.append(try claim(since, since)) }
    return claims
  }

  private func claim(_ source: String, _ path: String) throws -> LogVerification.ExpectedCheckpoint {
    let file = try GivenFile(path)
    let note = try file.note()
    do { _ = try Checkpoint(text: note.text) } catch {
      // The file was possibly damaged when a person copied it. So a file that can't be read proves nothing about the
      // ledger, and the error is only about the file.
      throw file.unreadable("\(error)")
    }
    return LogVerification.ExpectedCheckpoint(source: source, note: file.bytes)
  }

  /// Shows the keys that signed the log, if the user did not give the key of every signature.
  ///
  /// The keys come from the ledger's file, so Reflog can't prove that the keys are genuine.
  private func showRotations(_ history: History, _ report: LedgerReport) async {
    let isUnknown = report.log.findings.contains { if case .unknownKey = $0 { true } else { false } }
    // If the rotations can't be read, the report already contains the reason. So the error is ignored here.
    guard isUnknown, let rotations = try? await history.keyRotations() else { return }
    for rotation in rotations {
      Terminal.say(
        "According to the file, the log was signed by \(rotation.from) and then by \(rotation.to). Use --key for each "
          + "key that you trust."
      )
    }
  }

  /// If a lost key was replaced, shows which part of the log was signed with which name and key.
  private func showReplacements(_ history: History) async {
    // If the replacements can't be read, the report already contains the reason. So the error is ignored here.
    for replaced in (try? await history.keyReplacements()) ?? [] {
      Terminal.say(
        "The first \(replaced.formerSize) entries were signed as \(replaced.formerOrigin) with the key "
          + "\(replaced.formerKey), which was lost. Since \(replaced.time) the log is \(replaced.origin), with the key "
          + "\(replaced.key). Reason: \(replaced.reason.printable). To check both parts, use --key for both keys."
      )
    }
  }

  private func show(_ report: LedgerReport, _ further: [String]) throws {
    let lines = report.findings.map(\.description) + report.log.findings.map(\.description) + further
    try Terminal.lines(lines)
    let log = report.log
    let tail = log.unsigned.count
    Terminal.say(
      "Checked \(report.changes) changes and \(log.size) entries. The first \(log.confirmedSize) entries match the "
        + "signed checkpoints." + (tail > 0 ? " Newer entries that are not signed yet: \(tail)." : "")
    )
    if report.purgedEntries > 0 {
      Terminal.say("The records of \(report.purgedEntries) entries were purged, as recorded.")
    }
    if report.erased > 0 { Terminal.say("The personal data of \(report.erased) records was erased, as recorded.") }
    if log.omittedFindingCount > 0 {
      Terminal.say("The log has \(log.omittedFindingCount) more problems, which are not listed.")
    }
    guard report.isClean, log.confirmedSize > 0 else {
      throw CommandFailure(.unverified, "The ledger failed verification.")
    }
  }
}
