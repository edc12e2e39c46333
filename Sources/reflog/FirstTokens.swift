import Foundation
import ReflogLedger
import ReflogModel

/// The API tokens that the first start of a server creates, one for each of the roles reader, operator and admin.
struct FirstTokens {
  let tokens: TokenStore
  let files: LedgerFiles

  /// Creates the tokens if no token exists.
  ///
  /// When the method returns, at least one token exists. New tokens were shown on the terminal or, if there is no
  /// terminal, written to the file `<database>.first-tokens`. Only the owner of that file can read it.
  ///
  /// The start check has already verified that no other user has a permission on an existing file of tokens.
  func makeIfNoneExist() async throws {
    guard try await tokens.tokens().isEmpty else { return }
    if Terminal.isTerminal {
      let lines = try await make()
      Terminal.say("The first API tokens (role and token). They are shown only once:")
      for line in lines { Terminal.say(line) }
    } else {
      // The file for the secrets is created before the tokens. If it can't be created, no tokens are created, so no
      // secret is lost.
      let file = try newFile()
      try file.write(contentsOf: Data(try await make().map { $0 + "\n" }.joined().utf8))
      try file.synchronize()
      Terminal.say("The first API tokens (reader, operator and admin) are in \(path). Move them to a safe place.")
    }
  }

  private var path: String { files.firstTokens }

  private func make() async throws -> [String] {
    var lines: [String] = []
    for role in [Role.reader, .operator, .admin] {
      let name = "first-\(role.rawValue)"
      let text = try await tokens.create(name: name, role: role, lifetime: APIToken.defaultLifetime).text
      lines.append("\(role.rawValue) \(text)")
    }
    return lines
  }

  /// Creates the file for the tokens.
  ///
  /// If a file or link with that name exists, the method throws an error. Another user could have created that file or
  /// link to read the tokens.
  private func newFile() throws -> FileHandle {
    let descriptor = open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw CommandFailure(
        .refused,
        "\(path) can't be created for the first tokens: \(String(cString: strerror(errno))). If it exists, move it."
      )
    }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}
