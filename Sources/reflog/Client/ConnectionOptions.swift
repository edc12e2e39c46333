import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore

/// Which server a changing verb talks to.
struct ServerOptions: ParsableArguments {
  @Option(
    help: "The server's URL. Default REFLOG_SERVER, and else http://127.0.0.1:8080. REFLOG_TOKEN is the API token."
  )
  var server: String?

  static let defaultServer = "http://127.0.0.1:8080"

  func withClient(_ body: (ServerClient) async throws -> Void) async throws {
    let environment = ProcessInfo.processInfo.environment
    try await ServerClient.with(url: server ?? environment["REFLOG_SERVER"] ?? Self.defaultServer, body)
  }
}

/// Where a reading verb finds the history.
struct SourceOptions: ParsableArguments {
  @Option(help: "Ask this server, with REFLOG_TOKEN, instead of reading a file.")
  var server: String?

  @Option(help: "The ledger's file. Default REFLOG_DATABASE, and else ./reflog.sqlite.")
  var database: String?

  func withSource(_ body: (any HistorySource) async throws -> Void) async throws {
    if let server { return try await ServerClient.with(url: server, body) }
    let environment = ProcessInfo.processInfo.environment
    let path = database ?? environment["REFLOG_DATABASE"] ?? "./reflog.sqlite"
    if let server = environment["REFLOG_SERVER"], !FileManager.default.fileExists(atPath: path) {
      throw CommandFailure(.refused, "There is no \(path). To ask the server instead, say --server \(server)")
    }
    try await body(try LedgerFile(path: path))
  }

  func validate() throws {
    guard server == nil || database == nil else { throw ValidationError("Say --server or --database, not both.") }
  }
}

extension ServerClient {
  /// Talks to the server at this URL, with the token of the environment.
  static func with(url: String, _ body: (ServerClient) async throws -> Void) async throws {
    guard let parsed = URL(string: url), ["http", "https"].contains(parsed.scheme), parsed.host() != nil else {
      throw CommandFailure(.usage, "\(url) is no http or https URL.")
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
