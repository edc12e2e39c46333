import ArgumentParser
import Foundation
import NIOCore
import ReflogLedger
import ReflogModel

/// `reflog backup`
struct Backup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copies the whole ledger from a running server into one file, and verifies the copy.",
    discussion: """
      The copy is a complete ledger. It appears only when it is complete, and every verb that reads takes it as \
      --database. Keep two more files, apart from each other: the key (<database>.key), without which no new entry can \
      be signed, and the anchor (<database>.anchor) or a later checkpoint, which shows how much the copy lacks.

      To restore the copy, stop the server, replace the ledger by the copy, remove the ledger's -wal and -shm files, \
      and start the server. If entries were signed after the backup, the start is refused. --accept-older-ledger \
      starts anyway and records that.

        reflog backup /backups/reflog-2026-11-25.sqlite
      """
  )

  @Argument(help: "The file to write; it must not exist.")
  var file: String

  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await CommandFailure.wrapping {
      guard !FileManager.default.fileExists(atPath: file) else {
        throw CommandFailure(.refused, "\(file) exists already. Name another file.")
      }
      try await server.withClient { client in
        var progress = Progress(verb: "copied")
        try await WholeFile.write(file) { output in
          try await client.stream("/beta/reflog/backup") { piece in
            try output.write(Data(piece.readableBytesView))
            progress.add(piece.readableBytes)
          }
        }
        progress.end()
      }
      try await verify()
    }
  }

  private func verify() async throws {
    let history = try History(readingFileAt: file)
    guard let own = try await history.checkpoint() else {
      return Terminal.say("\(file) is complete. None of its entries is signed yet.")
    }
    let progress = Counter(verb: "verified", noun: "changes")
    let verification = LedgerVerification(of: history, keys: [try VerifierKey(own.key)], against: [])
    let report = try await verification.run { progress.add($0) }
    progress.end()
    guard report.isClean else {
      throw CommandFailure(
        .unverified,
        "\(file) was written, but it does not verify. See reflog verify --database \(file)"
      )
    }
    Terminal.say("\(file) contains \(report.changes) changes and verifies. Keep the key and the anchor elsewhere too.")
  }
}
