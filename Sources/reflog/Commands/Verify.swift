import ArgumentParser
import Foundation
import ReflogLedger
import ReflogModel
import ReflogService

/// `reflog verify`
struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows whether history is what was recorded and signed.",
    discussion: """
      Goes from rows to entries to the Merkle tree to signed checkpoints, beside a running server too, and says all that it \
      finds. It is worth what the key and the checkpoint are worth that you kept elsewhere: without --key it trusts the \
      file's own key, and then shows only that nobody damaged the file without thinking of that.

        reflog checkpoint > kept-elsewhere.txt
        reflog verify --key 'audit.contoso.example/reflog+1f2e3d4c+…' --since kept-elsewhere.txt
        reflog verify --manifest quarter.csv.manifest

      With --manifest an exported file is held against its signed manifest too, and what is missing, added or altered in it is \
      named. What says nothing of history is not covered: free pages, the pages of indexes, what was seen \
      last in the directory, and which purged change a purged entry was of.
      """
  )

  @Option(help: "The ledger's file. Default REFLOG_DATABASE, and else ./reflog.sqlite.")
  var database: String?

  @Option(help: "A key whose signatures count, as a vkey: name+id+base64. Several after rotations.")
  var key: [String] = []

  @Option(help: "A file with the newest checkpoint. Default <database>.anchor, if it is there.")
  var anchor: String?

  @Option(help: "A file with a checkpoint that was kept elsewhere; the history before it must be the same.")
  var since: String?

  @Option(help: "The signed manifest of an exported file beside it: FILE.manifest.")
  var manifest: String?

  func run() async throws {
    try await CommandFailure.wrapping {
      let path = database ?? ProcessInfo.processInfo.environment["REFLOG_DATABASE"] ?? "./reflog.sqlite"
      guard FileManager.default.fileExists(atPath: path) else { throw CommandFailure(.refused, "There is no \(path).") }
      try await Self.unverified { try await verify(path) }
    }
  }

  /// A file that can't be read as a ledger does not verify.
  private static func unverified(_ body: () async throws -> Void) async throws {
    do { try await body() } catch let failure as CommandFailure { throw failure } catch {
      throw CommandFailure(.unverified, "The ledger does not verify: \(CommandFailure(error).message)")
    }
  }

  private func verify(_ path: String) async throws {
    let history = try History(readingFileAt: path)
    let keys = try await keys(history, path)
    let exported = try manifest.map { try ManifestVerification($0, keys: keys) }
    var claims = try claims(anchor: anchor ?? path + ".anchor")
    if let checkpoint = exported?.manifest.checkpoint {
      claims.append(
        LogVerification.ExpectedCheckpoint(source: "the manifest's checkpoint", note: Array(checkpoint.utf8))
      )
    }
    let verification = LedgerVerification(of: history, keys: keys, against: claims)
    let progress = Counter(verb: "verified", noun: "changes")
    let report = try await verification.run { progress.add($0) }
    progress.end()
    await tellRotations(history, report)
    let findings = try await exported?.findings(against: HistoryService(readingFileAt: path)) ?? []
    try show(report, findings)
    if let exported { Terminal.say("\(exported.path) is what was taken at \(exported.manifest.taken).") }
  }

  /// Those that are given, or the file's own.
  private func keys(_ history: History, _ path: String) async throws -> [VerifierKey] {
    let own = try await history.checkpoint()?.key
    guard !key.isEmpty || own != nil else {
      throw CommandFailure(
        .unverified,
        "Nothing of \(path) was signed, by its own word; with --key it is held against its anchor all the same."
      )
    }
    if let own, key.isEmpty { Terminal.say("No --key is given: the file's own key is trusted, \(own)") }
    do { return try (key.isEmpty ? [own].compactMap(\.self) : key).map { try VerifierKey($0) } } catch {
      throw CommandFailure(.usage, "\(error)")
    }
  }

  private func claims(anchor path: String) throws -> [LogVerification.ExpectedCheckpoint] {
    var claims: [LogVerification.ExpectedCheckpoint] = []
    if anchor != nil || FileManager.default.fileExists(atPath: path) {
      claims.append(try claim("the anchor", path))
    } else {
      Terminal.say("There is no anchor \(path): that the newest entries are gone could not be seen.")
    }
    if let since { claims.append(try claim(since, since)) }
    return claims
  }

  private func claim(_ source: String, _ path: String) throws -> LogVerification.ExpectedCheckpoint {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure(.refused, "\(path) can't be read.")
    }
    return LogVerification.ExpectedCheckpoint(source: source, note: Array(data))
  }

  /// Where a signature is of a key that was not given: which keys signed this log, as far as it says itself.
  private func tellRotations(_ history: History, _ report: LedgerReport) async {
    let isUnknown = report.log.findings.contains { if case .unknownKey = $0 { true } else { false } }
    // Where what says so is altered, the report says it.
    guard isUnknown, let rotations = try? await history.keyRotations() else { return }
    for rotation in rotations {
      Terminal.say(
        "By its own word the log was signed by \(rotation.from), and then by \(rotation.to): give --key for each that you trust."
      )
    }
  }

  private func show(_ report: LedgerReport, _ further: [String]) throws {
    let lines = report.findings.map(\.description) + report.log.findings.map(\.description) + further
    try Terminal.data(lines.map { $0 + "\n" }.joined())
    let log = report.log
    let tail = log.unsigned.count
    Terminal.say(
      "\(report.changes) changes and \(log.size) entries were checked; the first \(log.confirmedSize) entries are as they "
        + "were signed" + (tail > 0 ? ", and \(tail) newer ones are not signed yet." : ".")
    )
    if report.purgedEntries > 0 { Terminal.say("\(report.purgedEntries) entries' records were purged, on the record.") }
    if report.erased > 0 { Terminal.say("What \(report.erased) of them say of people was erased, on the record.") }
    guard report.isClean, log.confirmedSize > 0 else {
      throw CommandFailure(.unverified, "The ledger does not verify.")
    }
    guard further.isEmpty else { throw CommandFailure(.unverified, "The exported file does not verify.") }
  }
}
