import ArgumentParser
import Foundation
import ReflogLedger
import ReflogModel

/// `reflog token`
struct Tokens: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Makes, lists and revokes API tokens.",
    discussion: """
      Tokens stand in <database>.tokens, by the hash of their secret alone. These verbs work on that file, on the \
      server's machine: before the first start, and beside a running server.

        reflog token create --role reader --name auditor-2026 --expires 30
        reflog token revoke auditor-2026
      """,
    subcommands: [CreateToken.self, ListTokens.self, RevokeToken.self]
  )
}

/// Where the tokens are.
struct TokenFileOptions: ParsableArguments {
  @Option(help: "The ledger's file. Default REFLOG_DATABASE, and else ./reflog.sqlite.")
  var database: String?

  /// The ledger's file.
  var path: String { database ?? ProcessInfo.processInfo.environment["REFLOG_DATABASE"] ?? "./reflog.sqlite" }

  func store(creating: Bool = false) throws -> TokenStore {
    try TokenStore(besideLedgerAt: path, creating: creating, clock: { Timestamp(Date()) })
  }
}

struct CreateToken: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Makes a token and prints it, alone on stdout, this once."
  )

  @Option(help: "reader, operator or admin.")
  var role: Role

  @Option(help: "A name that says which program it is for.")
  var name: String

  @Option(help: "Days until it opens nothing any more, 1 to 3650.")
  var expires = 90

  @OptionGroup var file: TokenFileOptions

  func validate() throws {
    guard (1...3650).contains(expires) else { throw ValidationError("--expires is a number of days from 1 to 3650.") }
  }

  func run() async throws {
    try await CommandFailure.wrapping {
      let lifetime = Duration.seconds(expires * 86_400)
      Terminal.say("The token opens what the ledger \(file.path) holds.")
      try await Terminal.data(file.store(creating: true).create(name: name, role: role, lifetime: lifetime).text + "\n")
    }
  }
}

struct ListTokens: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists all tokens ever made.")

  @OptionGroup var file: TokenFileOptions

  func run() async throws {
    try await CommandFailure.wrapping {
      var table = Table(
        header: ["NAME", "ROLE", "ID", "CREATED", "EXPIRES", "REVOKED"],
        emptyText: "There are no tokens."
      )
      table.rows = try await file.store().tokens().map { token in
        [
          token.name, token.role.rawValue, token.id, token.created.description, token.expires.description,
          token.revoked?.description ?? "",
        ]
      }
      try Terminal.data(table.text)
    }
  }
}

struct RevokeToken: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Ends a token: it opens nothing any more, at once."
  )

  @Argument(help: "The token's name.")
  var name: String

  @OptionGroup var file: TokenFileOptions

  func run() async throws {
    try await CommandFailure.wrapping {
      try await file.store().revoke(name: name)
    }
  }
}
