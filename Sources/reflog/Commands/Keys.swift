import ArgumentParser
import NIOHTTP1
import ReflogModel

/// `reflog key`
struct Keys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Looks after the key that signs the log.",
    subcommands: [RotateKey.self]
  )
}

struct RotateKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate",
    abstract: "Signs the log with a new key from now on, and prints it.",
    discussion: """
      The rotation is on record, and the next checkpoint is signed with both keys. Keep the new key beside the old one: what was \
      signed before is verified with the old one, reflog verify --key OLD --key NEW.
      """
  )

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await CommandFailure.wrapping {
      try await server.withClient { client in
        let body = try await client.send(.POST, "/beta/reflog/keys", body: [:]).body
        try output.show(body) { body in
          Table(rows: [["key", body["key"]?.string ?? ""], ["previous key", body["previousKey"]?.string ?? ""]])
        }
      }
    }
  }
}
