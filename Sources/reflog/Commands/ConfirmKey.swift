import ArgumentParser
import NIOHTTP1
import ReflogFormats
import ReflogModel

/// The command `reflog key confirm`.
struct ConfirmKey: ServerCommand {
  static let configuration = CommandConfiguration(
    commandName: "confirm",
    abstract: "Confirms as an administrator that a lost key was replaced on purpose.",
    discussion: """
      The pages and reflog status show the replacement of a lost key until it is confirmed. The confirmation is recorded.
      """
  )

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func run(on client: ServerClient) async throws {
    let body = try await client.send(.POST, "/beta/reflog/keys/confirm", body: [:]).body
    try output.show(body) { body in
      guard let confirmed = body["confirmed"]?.object else {
        return Table(rows: [["confirmed", "nothing. No replacement of a key was waiting for a confirmation"]])
      }
      return Table(
        rows: ["formerOrigin", "formerSize", "origin", "key", "reason"].map { name in
          [name, confirmed[name]?.string ?? confirmed[name]?.wholeNumber.map(String.init) ?? ""]
        }
      )
    }
  }
}
