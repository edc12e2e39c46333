import ArgumentParser
import Foundation
import NIOCore
import ReflogLedger
import ReflogModel

/// `reflog backup`
struct Backup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Takes the whole ledger away as one file, from a running server, and verifies it.",
    discussion: """
      The file is a ledger, complete on its own; it appears only when it is whole, and every verb that reads takes it as \
      --database. Keep beside it, apart from each other: the key (<database>.key), without which nothing more can be signed, and \
      the anchor (<database>.anchor) or any later checkpoint, which shows how much is missing from it.

      The way back: stop the server, put the file in the place of the ledger (and no -wal or -shm beside it), and start. What was \
      signed since makes the start refuse; --accept-older-ledger takes it into use all the same, on the record.

        reflog backup /backups/reflog-2026-11-25.sqlite
      """
  )

  @Argument(help: "The file to write.")
  var file: String

  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await CommandFailure.wrapping {
      guard !FileManager.default.fileExists(atPath: file) else {
        throw CommandFailure(.refused, "\(file) is there already. Name another file.")
      }
      try await server.withClient { client in
        var progress = Progress(verb: "taken")
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
      return Terminal.say("\(file) is whole. Nothing in it was signed yet.")
    }
    let progress = Counter(verb: "verified", noun: "changes")
    let verification = LedgerVerification(of: history, keys: [try VerifierKey(own.key)], against: [])
    let report = try await verification.run { progress.add($0) }
    progress.end()
    guard report.isClean else {
      throw CommandFailure(
        .unverified,
        "\(file) was written, but does not verify. See reflog verify --database \(file)"
      )
    }
    Terminal.say("\(file) holds \(report.changes) changes and verifies. Keep the key and the anchor too, elsewhere.")
  }
}
