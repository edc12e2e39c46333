import Foundation
import ReflogLedger
import ReflogModel

/// A token for each role, so that somebody can get in at the first start.
struct FirstTokens {
  let tokens: TokenStore
  let database: String

  /// When this returns, there is a token. New ones were shown to the terminal, or stand in `<database>.first-tokens`,
  /// which its owner alone can read.
  func makeIfNoneExist() async throws {
    guard try await tokens.tokens().isEmpty else { return }
    if Terminal.isTerminal {
      Terminal.say("The first API tokens, shown this once (role and token):\n" + (try await make()))
    } else {
      // The file first: tokens that nobody was told could never be made again.
      let file = try newFile()
      try file.write(contentsOf: Data((try await make() + "\n").utf8))
      try file.synchronize()
      Terminal.say("The first API tokens, one for each role, stand in \(path). Move them to a safe place.")
    }
  }

  private var path: String { database + ".first-tokens" }

  private func make() async throws -> String {
    var lines: [String] = []
    for role in Role.allCases {
      let name = "first-\(role.rawValue)"
      let text = try await tokens.create(name: name, role: role, lifetime: APIToken.defaultLifetime).text
      lines.append("\(role.rawValue) \(text)")
    }
    return lines.joined(separator: "\n")
  }

  /// A file that nobody else prepared.
  private func newFile() throws -> FileHandle {
    let descriptor = open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw CommandFailure(
        .refused,
        "\(path) can't be made for the first tokens: \(String(cString: strerror(errno))). If it is there, move it away."
      )
    }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}
