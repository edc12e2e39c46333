import AsyncHTTPClient
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting

@testable import ReflogHTTP

/// A real server on a free port of 127.0.0.1, with a scripted directory.
struct LiveServer {
  let fixture: ServiceFixture
  let port: Int
  let tokens: [Role: String]
  let api: ReflogAPI

  /// The server's answer.
  struct Answer {
    let status: Int
    let headers: HTTPHeaders
    let text: String
    /// The JSON object in the body, or an empty object if the body contains no JSON object.
    let body: JSONObject

    var code: String? { error("code") }
    var message: String? { error("message") }
    var target: String? { error("target") }

    private func error(_ member: String) -> String? { body["error"]?.object?[member]?.string }
  }

  /// Sends a request with a JSON body and a token that has this role.
  func send(
    _ method: HTTPMethod,
    _ path: String,
    _ body: JSONObject? = nil,
    role: Role = .operator,
    headers: HTTPHeaders = [:]
  ) async throws -> Answer {
    try await send(method, path, text: body.map { JSONValue.object($0).text }, role: role, headers: headers)
  }

  /// Sends a request with any body and a token that has this role.
  func send(
    _ method: HTTPMethod,
    _ path: String,
    text: String?,
    role: Role = .operator,
    headers: HTTPHeaders = [:]
  ) async throws -> Answer {
    let credential: HTTPHeaders = ["authorization": "Bearer \(tokens[role] ?? "")"]
    return try await send(method, path, text: text, headers: HTTPHeaders(credential.map { $0 } + headers.map { $0 }))
  }

  /// Sends a request with any body. The request has only the given headers.
  func send(
    _ method: HTTPMethod,
    _ path: String,
    text: String? = nil,
    headers: HTTPHeaders
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
    request.method = method
    request.headers.add(contentsOf: headers)
    if let text { request.body = .bytes(Array(text.utf8)) }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    let bytes = try await response.body.collect(upTo: 1 << 20)
    return Answer(
      status: Int(response.status.code),
      headers: response.headers,
      text: String(buffer: bytes),
      body: (try? JSONValue(parsing: bytes.readableBytesView))?.object ?? [:]
    )
  }

  /// Signs in on the pages with a token that has this role, and returns the session's cookie.
  func signIn(as role: Role) async throws -> String {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/sign-in")
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
    request.body = .bytes(Array("token=\(tokens[role] ?? "")".utf8))
    // The answer is a redirect. Do not follow it, because the client would send the next request without the cookie.
    let client = HTTPClient(configuration: HTTPClient.Configuration(redirectConfiguration: .disallow))
    let response = try await client.execute(request, timeout: .seconds(30))
    try await client.shutdown()
    let cookie = response.headers.first(name: "set-cookie") ?? ""
    return String(cookie.prefix { $0 != ";" })
  }

  /// Sends a request that sets the reference of the sign-up step.
  func set(_ reference: ConnectorReference) async throws -> Answer {
    let body: JSONObject = reference.connectorID.map { ["@odata.id": .string("apiConnectors/\($0)")] } ?? [:]
    return try await send(.PUT, Self.signup, body)
  }

  static let signup = "/beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postFederationSignup/$ref"
  static let changes = "/beta/auditLogs/connectorChanges"
}

/// Calls `body` with the complete API and a scripted directory.
func withAPI<Value: Sendable>(_ body: (ReflogAPI) async throws -> Value) async throws -> Value {
  try await withAPI { api, _, _ in try await body(api) }
}

/// Calls `body` with the complete API, the fixture with the scripted directory, and one token for each role.
func withAPI<Value: Sendable>(
  _ body: (ReflogAPI, ServiceFixture, [Role: String]) async throws -> Value
) async throws -> Value {
  try await withTemporaryFolder { folder in
    let store = try TokenStore(besideLedgerAt: folder + "/reflog.sqlite", clock: ManualClock().read)
    var tokens: [Role: String] = [:]
    for role in Role.allCases {
      let made = try await store.create(name: role.rawValue, role: role, lifetime: APIToken.defaultLifetime)
      tokens[role] = made.text
      try await store.markRecorded(made.token)
    }
    return try await withService { fixture in
      var logger = Logger(label: "test")
      logger.logLevel = .critical
      let events = EventRecorder(
        ledger: fixture.ledger,
        started: [],
        logger: logger
      )
      let origin = try await fixture.history.origin()
      let keyFile = LogKeyFile(besideLedgerAt: folder + "/log.sqlite", origin: origin)
      let tokenService = TokenService(store: store, events: events)
      let log = LogPublisher(
        ledger: fixture.ledger,
        keyFile: keyFile,
        anchor: Anchor(path: folder + "/anchor"),
        logger: logger
      )
      let api = ReflogAPI(
        changes: fixture.service,
        history: HistoryService(history: fixture.history),
        rollbacks: TimeRollbacks(changes: fixture.service, logger: logger),
        retention: Retention(ledger: fixture.ledger, logger: logger),
        log: log,
        manifests: ExportManifests { try log.sign($0) },
        backups: Backups(ledger: fixture.ledger, events: events),
        events: events,
        authentication: Authentication(tokens: tokenService, entra: nil, passThroughTenantID: "tenant", logger: logger),
        sessions: Sessions(clock: ManualClock().read),
        tokens: tokenService,
        directory: .embedded,
        metrics: PrometheusRegistry(counters: MetricHelp.counters),
        ledgerFigures: { fixture.ledger.figures },
        isReady: { true },
        logger: logger
      )
      return try await body(api, fixture, tokens)
    }
  }
}

/// Starts a server, calls `body`, and stops the server when `body` ends.
func withServer(_ body: @escaping @Sendable (LiveServer) async throws -> Void) async throws {
  try await withAPI { api, fixture, tokens in
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let connections = ConnectionCount(trusted: [])
    let application = Application(
      responder: api.buildResponder(),
      server: HTTPServerBuilder { HTTPConnection(connections: connections, responder: $0) },
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { port.yield($0.localAddress?.port ?? 0) },
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    )
    try await withThrowingTaskGroup { group in
      group.addTask { try await application.run() }
      for await port in ports {
        try await body(LiveServer(fixture: fixture, port: port, tokens: tokens, api: api))
        break
      }
      group.cancelAll()
    }
  }
}
