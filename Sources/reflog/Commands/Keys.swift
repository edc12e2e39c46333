import ArgumentParser
import NIOHTTP1
import ReflogFormats
import ReflogModel

/// The command `reflog key`.
struct Keys: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Rotates the key that signs the log, or replaces a lost key.",
    subcommands: [RotateKey.self, ReplaceKey.self, ConfirmKey.self]
  )
}

/// The command `reflog key rotate`.
struct RotateKey: ServerCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate",
    abstract: "Replaces the key that signs the log, and prints the new key.",
    discussion: """
      The rotation is recorded, and the next checkpoint is signed with the old and the new key. Keep both keys, \
      because older signatures need the old key. Use reflog verify --key OLD --key NEW.
      """
  )

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func run(on client: ServerClient) async throws {
    let body = try await client.send(.POST, "/beta/reflog/keys", body: [:]).body
    try output.show(body) { body in
      Table(rows: [["key", body["key"]?.string ?? ""], ["previous key", body["previousKey"]?.string ?? ""]])
    }
  }
}
