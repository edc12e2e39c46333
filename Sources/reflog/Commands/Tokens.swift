import ArgumentParser
import Foundation
import ReflogFormats
import ReflogLedger
import ReflogModel

/// The command `reflog token`.
struct Tokens: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Creates, lists and revokes API tokens.",
    discussion: """
      The file <database>.tokens contains all tokens, each with a hash of its secret. Run these verbs on the server's \
      machine. They read and change this file, before the first start of the server or while the server runs.

        reflog token create --role reader --name auditor-2026 --expires 30
        reflog token revoke auditor-2026
      """,
    subcommands: [CreateToken.self, ListTokens.self, RevokeToken.self]
  )
}

/// The option with the path of the ledger's file.
///
/// The file of tokens is in the same folder.
struct TokenFileOptions: ParsableArguments {
  @Option(help: "The ledger's file or PostgreSQL URL. Default: REFLOG_DATABASE, else ./reflog.sqlite.")
  var database: String?

  /// The ledger whose tokens are read or changed.
  private var location: LedgerLocation { LedgerLocation(given: database) }

  /// The path of the ledger's file, or the URL of the database without its password.
  var path: String { location.name }

  /// Opens the file of tokens.
  ///
  /// - Parameter creating: true to create the file if it does not exist.
  func store(creating: Bool = false) throws -> TokenStore {
    let clock: WallClock = { Timestamp(Date()) }
    return switch location.database {
    case .file(let path): try TokenStore(besideLedgerAt: path, creating: creating, clock: clock)
    case .postgreSQL(let url): try PostgreSQLSupport.tokens(at: url, clock: clock)
    }
  }
}

/// The command `reflog token create`.
struct CreateToken: Command {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Creates a token and prints it on stdout. The token is shown only once."
  )

  @Option(help: "reader, operator, admin or metrics.")
  var role: Role

  @Option(help: "A name for the token, for example the name of the program that uses it.")
  var name: String

  @Option(help: "The number of days until the token expires, 1 to 3650.")
  var expires = 90

  @OptionGroup var file: TokenFileOptions

  func validate() throws {
    guard (1...3650).contains(expires) else {
      throw ValidationError("--expires must be a number of days from 1 to 3650.")
    }
  }

  func execute() async throws {
    let lifetime = Duration.seconds(expires * 86_400)
    Terminal.say("The token is valid for the ledger \(file.path).")
    try await Terminal.data(file.store(creating: true).create(name: name, role: role, lifetime: lifetime).text + "\n")
  }
}

/// The command `reflog token list`.
struct ListTokens: Command {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists all tokens, including expired and revoked tokens."
  )

  @OptionGroup var file: TokenFileOptions
  @OptionGroup var output: OutputOptions

  func execute() async throws {
    let tokens = try await file.store().tokens()
    try output.show(["value": .array(tokens.map { .object($0.json) })]) { _ in
      Table(
        header: ["NAME", "ROLE", "ID", "CREATED", "EXPIRES", "LAST USED", "REVOKED"],
        rows: tokens.map { token in
          [
            token.name, token.role.rawValue, token.id, token.created.description, token.expires.description,
            token.lastUsed?.description ?? "never", token.revoked?.description ?? "",
          ]
        },
        emptyText: "There are no tokens.",
        cuttable: ["NAME"],
        droppable: ["CREATED", "ID", "LAST USED", "EXPIRES"]
      )
    }
  }
}

/// The command `reflog token revoke`.
struct RevokeToken: Command {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Revokes a token. The token is invalid immediately."
  )

  @Argument(help: "The token's name.")
  var name: String

  @OptionGroup var file: TokenFileOptions

  func execute() async throws {
    do {
      try await file.store().revoke(name: name)
    } catch TokenError.unknownName(let name) {
      throw CommandFailure(
        .notFound,
        "There is no token named \(name). List the tokens with "
          + "`\(Suggestion("token", "list").adding("--database", file.database.map { LedgerLocation($0).name }))`."
      )
    }
  }
}
