import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore

/// The option with the server's URL, for a command that changes data.
struct ServerOptions: ParsableArguments {
  @Option(
    help: "The server's URL. Default: REFLOG_SERVER, else http://127.0.0.1:8080. REFLOG_TOKEN is the API token."
  )
  var server: String?

  /// The URL that is used if neither the option nor `REFLOG_SERVER` is set.
  static let defaultServer = "http://127.0.0.1:8080"

  /// Runs a body with a client for the server.
  func withClient(_ body: (ServerClient) async throws -> Void) async throws {
    let environment = ProcessInfo.processInfo.environment
    try await ServerClient.with(url: server ?? environment["REFLOG_SERVER"] ?? Self.defaultServer, body)
  }
}

/// The options that choose the source of the history, for a command that only reads data.
struct SourceOptions: ParsableArguments {
  @Option(help: "Read from the server at this URL, with REFLOG_TOKEN, instead of from a file.")
  var server: String?

  @Option(help: "The ledger's file. Default: REFLOG_DATABASE, else ./reflog.sqlite.")
  var database: String?

  /// Runs a body with the chosen source.
  func withSource(_ body: (any HistorySource) async throws -> Void) async throws {
    if let server { return try await ServerClient.with(url: server, body) }
    let environment = ProcessInfo.processInfo.environment
    let path = database ?? environment["REFLOG_DATABASE"] ?? "./reflog.sqlite"
    if let server = environment["REFLOG_SERVER"], !FileManager.default.fileExists(atPath: path) {
      throw CommandFailure(.refused, "\(path) does not exist. To read from the server, use --server \(server)")
    }
    try await body(try LedgerFile(path: path))
  }

  func validate() throws {
    guard server == nil || database == nil else { throw ValidationError("Use --server or --database, not both.") }
  }
}

extension ServerClient {
  /// Runs a body with a client for the server at a URL; the client sends the token in `REFLOG_TOKEN`.
  static func with(url: String, _ body: (ServerClient) async throws -> Void) async throws {
    guard let parsed = URL(string: url), ["http", "https"].contains(parsed.scheme), parsed.host() != nil else {
      throw CommandFailure(.usage, "\(url) is not an http or https URL.")
    }
    var configuration = HTTPClient.Configuration()
    configuration.timeout.connect = .seconds(5)
    configuration.timeout.read = .seconds(60)
    configuration.connectionPool.retryConnectionEstablishment = false
    let http = HTTPClient(configuration: configuration)
    let client = ServerClient(
      baseURL: url.hasSuffix("/") ? String(url.dropLast()) : url,
      token: ProcessInfo.processInfo.environment["REFLOG_TOKEN"],
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
}
