import ArgumentParser
import Foundation
import ReflogEvidence
import ReflogModel
import ReflogService

/// The command `reflog evidence`.
struct WriteEvidence: Command {
  static let configuration = CommandConfiguration(
    commandName: "evidence",
    abstract: "Writes the changes of a period into a folder or a ZIP file that can be checked without the ledger.",
    discussion: """
      The pack contains the changes and the service events of the period in CSV and JSON Lines, the API tokens and their \
      roles, the retention policy and the legal holds, a summary for printing, the newest checkpoint, a signed manifest of \
      all files, a program in Python that checks the pack, and an instruction. A check finds files that were altered, \
      removed or added, and names the altered rows.

      The period is in UTC: \(Period.forms). Both dates are included. A period in the future is \
      refused.

      With --server, the server signs the pack. Without --server, the command signs it with the log's key, which \
      is next to the ledger's file. Then run the command as the server's user.

        reflog evidence --period 2026-Q3 audit-2026-Q3
        reflog evidence --period 2026-07-01..2026-09-30 --flow B2C_1_signup --server $REFLOG_SERVER audit.zip
        reflog verify --manifest audit-2026-Q3/evidence.manifest --key "$(cat key.txt)"
      """
  )

  @OptionGroup var source: SourceOptions

  @Option(help: "The period: \(Period.forms).")
  var period: String

  @Option(help: "Only this flow and the connectors that it called: the id of the flow, with or without its type.")
  var flow: String?

  @Flag(help: "Replace an existing ZIP file, or files in a folder that is not empty.")
  var force = false

  @Argument(help: "The new folder, or the new ZIP file if the name ends in .zip.")
  var folder: String

  func validate() throws {
    do { _ = try Period(period, begunBy: Timestamp(Date())) } catch { throw ValidationError("\(error)") }
  }

  func execute() async throws {
    let request = EvidenceRequest(try Period(period), flow: flow)
    let target = try PackTarget(folder, isReplacing: force, OutputFiles(besidesLedgerAt: source.database))
    try await source.withSource { source in
      if let server = source as? ServerClient {
        try await Self.download(request, from: server, to: target)
      } else if let database = source as? DatabaseSource {
        try await write(request, from: database, to: target)
      }
    }
    Terminal.say("\(Self.content(of: try await target.manifest())) The pack is in \(folder). \(target.advice)")
  }

  /// Returns the message about the number of changes in a pack, and about a period that has not ended.
  static func content(of manifest: EvidenceManifest) -> String {
    let (count, name) = (manifest.changeCount, manifest.period.name)
    let changes = "The pack for \(name) contains \(count == 1 ? "1 change" : "\(count.grouped) changes")."
    guard manifest.taken < manifest.period.end else { return changes }
    return "\(changes) The period has not ended: the pack contains the changes until \(manifest.taken)."
  }

  private func write(_ request: EvidenceRequest, from database: DatabaseSource, to target: PackTarget) async throws {
    let location = LedgerLocation(given: source.database)
    let keys = try await PackSigners.keys(of: location, database.service)
    let progress = Counter(verb: "wrote", noun: "changes")
    let taken = Timestamp(Date())
    let pack = try await EvidencePack(
      request,
      of: database.service.export(try request.query()),
      from: database.service,
      taken: taken,
      signers: { keys },
      progress: { progress.add($0) }
    )
    try await target.write(pack, taken: taken)
    progress.end()
  }

  private static func download(
    _ request: EvidenceRequest,
    from server: ServerClient,
    to target: PackTarget
  ) async throws {
    let progress = Counter(bytesWithVerb: "received")
    try await target.write { write in
      try await server.evidence(request) { piece in
        try write(piece)
        progress.add(piece.count)
      }
    }
    progress.end()
  }
}
