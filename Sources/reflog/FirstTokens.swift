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
    var lines: [String] = []
    for role in Role.allCases {
      let (token, text) = try await tokens.create(
        name: "first-\(role.rawValue)",
        role: role,
        lifetime: APIToken.defaultLifetime
      )
      lines.append("\(token.role.rawValue) \(text)")
    }
    if Talk.isTerminal {
      Talk.say("The first API tokens, shown this once (role and token):\n" + lines.joined(separator: "\n"))
    } else {
      try write(lines)
    }
  }

  private func write(_ lines: [String]) throws {
    let path = database + ".first-tokens"
    let descriptor = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw CommandFailure(.refused, "\(path) can't be written: \(String(cString: strerror(errno))).")
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try file.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
    try file.synchronize()
    Talk.say("The first API tokens, one for each role, stand in \(path). Move them to a safe place.")
  }
}
