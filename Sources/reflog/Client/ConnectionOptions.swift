import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import ReflogModel

/// The option with the server's URL, for a command that changes data.
struct ServerOptions: ParsableArguments {
  @Option(
    help: "The server's URL. Default: REFLOG_SERVER, else http://127.0.0.1:8080. REFLOG_TOKEN is the API token."
  )
  var server: String?

  /// The URL that is used if neither the option nor `REFLOG_SERVER` is set.
  static let defaultServer = "http://127.0.0.1:8080"

  /// The server's URL: the value of the option, else the value of `REFLOG_SERVER`, else the default URL.
  var url: String { server ?? Environment["REFLOG_SERVER"] ?? Self.defaultServer }

  /// Adds the given option to a suggested command.
  func added(to suggestion: Suggestion) -> Suggestion { suggestion.adding("--server", server) }

  /// Calls `body` with a client for the server.
  func withClient(_ body: (ServerClient) async throws -> Void) async throws {
    try await ServerClient.with(url: url, body)
  }
}

/// The options that choose the source of the history, for a command that only reads data.
struct SourceOptions: ParsableArguments {
  @Option(help: "Read from the server at this URL, with REFLOG_TOKEN, instead of from a file. Default: REFLOG_SERVER.")
  var server: String?

  @Option(help: "The ledger's file or PostgreSQL URL. Default: REFLOG_DATABASE, else ./reflog.sqlite.")
  var database: String?

  /// The URL of the server to read from, or nil to read the ledger itself.
  var url: String? { server ?? (database == nil ? Environment["REFLOG_SERVER"] : nil) }

  /// Calls `body` with the chosen source, and shows a message if `REFLOG_SERVER` chose the source.
  func withSource(_ body: (any HistorySource) async throws -> Void) async throws {
    try await withQuietSource { source in
      if let url, server == nil, Terminal.isTerminal { Terminal.say("Read from the server \(url) (REFLOG_SERVER).") }
      try await body(source)
    }
  }

  /// Calls `body` with the chosen source, and shows no message about the choice.
  func withQuietSource(_ body: (any HistorySource) async throws -> Void) async throws {
    if let url { return try await ServerClient.with(url: url, body) }
    try await body(DatabaseSource(try LedgerLocation(given: database).history()))
  }

  /// Adds the given options to a suggested command.
  func added(to suggestion: Suggestion) -> Suggestion {
    suggestion.adding("--server", server).adding("--database", database.map { LedgerLocation($0).name })
  }

  func validate() throws {
    guard server == nil || database == nil else { throw ValidationError("Use --server or --database, not both.") }
  }
}

extension ServerClient {
  /// Calls `body` with a client for the server at a URL.
  ///
  /// The client sends the token in `REFLOG_TOKEN`.
  static func with(url: String, _ body: (ServerClient) async throws -> Void) async throws {
    let token = Environment["REFLOG_TOKEN"]
    try checkDestination(url, token: token)
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout.connect = .seconds(5)
    configuration.timeout.read = .seconds(60)
    configuration.connectionPool.retryConnectionEstablishment = false
    let http = HTTPClient(configuration: configuration)
    let client = ServerClient(
      baseURL: url.hasSuffix("/") ? String(url.dropLast()) : url,
      token: token,
      http: http
    )
    do {
      try await body(client)
    } catch {
      try await http.shutdown()
      throw error
    }
    try await http.shutdown()
  }
  /// Throws a failure if a URL possibly contains a user name.
  ///
  /// Messages show the URL, so they would also show a password that follows the user name.
  static func refuseUser(in url: String) throws {
    guard url.contains("@") else { return }
    throw CommandFailure(
      .usage,
      "The URL of the server contains a user name. Remove the user name and the password from the URL, and set "
        + "REFLOG_TOKEN."
    )
  }

  /// Throws a failure if the client can't send requests to the URL, or is not allowed to send the token to the URL.
  private static func checkDestination(_ url: String, token: String?) throws {
    try refuseUser(in: url)
    guard let parsed = URL(string: url), ["http", "https"].contains(parsed.scheme?.lowercased()), parsed.host() != nil
    else { throw CommandFailure(.usage, "\(url) is not an http or https URL. Use for example http://127.0.0.1:8080.") }
    guard let token else { return }
    guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw CommandFailure(
        .usage,
        "REFLOG_TOKEN is not a token: it is empty, or has a character that no token has. Nothing was sent. Set "
          + "REFLOG_TOKEN again."
      )
    }
    let isPlainAllowed = parsed.scheme?.lowercased() == "http" && Environment["REFLOG_PLAIN_HTTP"] == "true"
    guard SecretDestination.accepts(url) || isPlainAllowed else {
      throw CommandFailure(
        .usage,
        "The token would be sent to \(url) in clear text over the network. Use an https URL, or set "
          + "REFLOG_PLAIN_HTTP=true."
      )
    }
  }
}
