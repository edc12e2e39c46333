import ArgumentParser
import Foundation
import NIOCore
import ReflogLedger
import ReflogModel

/// The command `reflog backup`.
struct Backup: Command {
  static let configuration = CommandConfiguration(
    abstract: "Copies the whole ledger from a running server into one file, and verifies the copy.",
    discussion: """
      The copy is a complete ledger. The file appears only when it is complete. Every verb that reads accepts it as \
      --database.

      Also keep two more files, in different places. The key (<database>.key) is needed to sign new entries. The \
      anchor (<database>.anchor) or a later checkpoint shows which newer entries the copy does not contain.

      To restore the copy, stop the server, replace the ledger with the copy, delete the ledger's -wal and -shm \
      files, and start the server. If entries were signed after the backup, the start is refused. With \
      --accept-older-ledger the server starts anyway and records that.

        reflog backup /backups/reflog-2026-11-25.sqlite
      """
  )

  @Argument(help: "The file to write.")
  var file: String

  @Flag(help: "Replace an existing file. A file of a ledger is never replaced.")
  var force = false

  @OptionGroup var server: ServerOptions

  func execute() async throws {
    let files = OutputFiles(besidesLedgerAt: nil)
    try await server.withClient { client in
      let progress = Counter(bytesWithVerb: "copied")
      try await files.write(file, replacing: force) { output in
        try await client.stream("/beta/reflog/backup") { piece in
          try output.write(Data(piece.readableBytesView))
          progress.add(piece.readableBytes)
        }
      }
      progress.end()
    }
    try await verify()
  }

  private func verify() async throws {
    let history = try History(readingFileAt: file)
    guard let own = try await history.checkpoint() else {
      return Terminal.say("\(file) is complete. None of its entries is signed yet.")
    }
    let progress = Counter(verb: "verified", noun: "changes and entries")
    let verification = LedgerVerification(of: history, keys: [try VerifierKey(own.key)], against: [])
    let report = try await verification.run { progress.add($0) }
    progress.end()
    guard report.isClean else {
      throw CommandFailure(
        .unverified,
        "\(file) was written, but it failed verification. See \(Suggestion("verify").adding("--database", file))"
      )
    }
    Terminal.say(
      "\(file) was verified. It contains \(report.changes) changes. Also keep copies of the key and of the anchor."
    )
  }
}
