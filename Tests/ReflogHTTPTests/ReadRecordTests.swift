import Hummingbird
import NIOHTTP1
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

@testable import ReflogHTTP

/// Tests that every read of history is recorded in service events.
struct ReadRecordTests {
  private static let reader = Caller(
    actor: Change.Actor(type: .token, id: "reader", proof: .apiToken),
    credential: .roles([.reader])
  )

  /// The way in which the reads of a route are recorded.
  private enum Decision {
    /// Each read is counted. The test requests this path with a token that has this role.
    case counted(String, Role = .reader)
    /// Each read is counted. The test requests this path with the session of a caller who has this role.
    ///
    /// The number of reads is above 1 if the answer is a redirect to another page.
    case page(String, Role = .reader, reads: Int = 1)
    /// A read is counted only if the request contains a token or the cookie of a session.
    case identified(String)
    /// The route does not return history.
    case notHistory
  }

  /// For every route with the method GET, the way in which its reads are recorded.
  private static let decisions: [String: Decision] = [
    "/{version}/auditlogs/connectorchanges": .counted("/beta/auditLogs/connectorChanges"),
    "/{version}/auditlogs/connectorchanges/{change}": .counted("/v1.0/auditLogs/connectorChanges/1?$format=record"),
    "/{version}/auditlogs/connectorconfigurations": .counted("/beta/auditLogs/connectorConfigurations?asOf=2026-01-01"),
    "/{version}/auditlogs/connectorconfigurations/rollback/{batch}": .counted(
      "/beta/auditLogs/connectorConfigurations/rollback/5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a"
    ),
    "/{version}/auditlogs/exportmanifests/{manifest}": .counted("/beta/auditLogs/exportManifests/none"),
    "/{version}/auditlogs/evidence": .counted("/beta/auditLogs/evidence"),
    "/{version}/auditlogs/serviceevents": .counted("/beta/auditLogs/serviceEvents"),
    "/{version}/reflog/status": .counted("/beta/reflog/status"),
    "/{version}/reflog/tokens": .counted("/beta/reflog/tokens", .admin),
    "/{version}/reflog/retention": .counted("/beta/reflog/retention", .admin),
    "/{version}/reflog/holds": .counted("/beta/reflog/holds", .admin),
    "/{version}/reflog/erasures": .counted("/beta/reflog/erasures", .admin),
    "/{version}/reflog/freezes": .counted("/beta/reflog/freezes"),
    "/{version}/reflog/freezes/{freeze}": .counted("/beta/reflog/freezes/1"),
    "/{version}/reflog/backup": .counted("/beta/reflog/backup", .admin),
    "/": .page("/?flow=B2C_1_signup"),
    "/timeline/count": .page("/timeline/count"),
    "/timeline/news": .page("/timeline/news?behind=0"),
    "/changes/{change}": .page("/changes/1"),
    "/changes/{change}/receipt": .page("/changes/1/receipt"),
    "/changes/{change}/rollback": .page("/changes/1/rollback", .operator),
    "/export": .page("/export"), "/evidence": .page("/evidence"),
    "/flows": .page("/flows?asOf=2026-01-01T00:00"),
    "/flows/{flowtype}/{flow}": .page("/flows/b2cUserFlows/B2C_1_signup"),
    "/flows/rollback": .page("/flows/rollback?asOf=2026-01-01T00:00", .operator),
    "/flows/rollback/{batch}": .page("/flows/rollback/5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a"),
    "/connectors": .page("/connectors?called=none"),
    "/connectors/{connector}": .page("/connectors/3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01"),
    "/actors/{type}/{actor}": .page("/actors/user/none"), "/search": .page("/search?q=vendor", reads: 2),
    "/integrity": .page("/integrity"), "/freezes": .page("/freezes"),
    "/checkpoint": .identified("/checkpoint"),
    "/tile/**": .identified("/tile/entries/000.p/1"),
    // These routes return no history. They return descriptions, forms, files, numbers about the server, or objects of
    // the directory.
    "/livez": .notHistory, "/readyz": .notHistory, "/openapi.json": .notHistory, "/metrics": .notHistory,
    "/sign-in": .notHistory, "/assets/reflog.css": .notHistory, "/assets/reflog.js": .notHistory,
    "/assets/verify_log.py": .notHistory,
    "/favicon.ico": .notHistory,
    "/{version}/identity/apiconnectors": .notHistory, "/{version}/identity/apiconnectors/$count": .notHistory,
    "/{version}/identity/apiconnectors/{connector}": .notHistory,
    "/{version}/identity/apiconnectors/{connector}/**": .notHistory,
    "/{version}/identity/{flowtype}": .notHistory, "/{version}/identity/{flowtype}/$count": .notHistory,
    "/{version}/identity/{flowtype}/{flow}": .notHistory, "/{version}/identity/{flowtype}/{flow}/**": .notHistory,
    "/{version}/identity/{flowtype}/{flow}/apiconnectorconfiguration": .notHistory,
    "/{version}/identity/{flowtype}/{flow}/apiconnectorconfiguration/{step}": .notHistory,
    "/{version}/identity/{flowtype}/{flow}/apiconnectorconfiguration/{step}/$ref": .notHistory,
  ]

  /// Requests that change nothing. Each returns a plan that is made from history.
  private static let plans: [(path: String, body: String, role: Role)] = [
    ("/beta/auditLogs/connectorChanges/1/rollback", #"{"dryRun":true}"#, .operator),
    (
      "/beta/auditLogs/connectorConfigurations/rollback", #"{"dryRun":true,"asOf":"2026-01-01T00:00:00Z"}"#, .operator
    ),
    ("/beta/reflog/retention/purge", #"{"dryRun":true}"#, .admin),
    ("/beta/reflog/erasures", #"{"dryRun":true,"actor":"none"}"#, .admin),
  ]

  @Test func everyGetRouteIsInTheListOfCountedAndUncountedRoutes() async throws {
    let routes = try await withAPI { api in
      Set(api.buildRouter().routes.filter { "\($0.method)" == "GET" }.map { "\($0.path)".lowercased() })
    }

    #expect(routes.subtracting(Self.decisions.keys) == [], "Add a decision for each new route.")
    #expect(Set(Self.decisions.keys).subtracting(routes) == [], "These routes do not exist.")
  }

  @Test func everyReadIsCountedForItsCaller() async throws {
    try await withServer { server in
      _ = try await server.set(Sample.newVendor)
      var expected: [String: Int] = [:]
      for (route, decision) in Self.decisions {
        switch decision {
        case .counted(let path, let role):
          let caller = try await server.caller(route, role)
          for method in [HTTPMethod.GET, .HEAD] {
            _ = try await server.send(method, path, headers: ["authorization": "Bearer \(caller)"])
          }
          expected[route] = 2
        case .page(let path, let role, let reads):
          let session = server.api.sessions.begin(with: try await server.caller(route, role), for: Self.reader)
          let answer = try await server.send(.GET, path, headers: ["cookie": "reflog_session=\(session.id)"])
          #expect(answer.status != 303, "\(path)")
          expected[route] = reads
        case .identified(let path):
          let caller = try await server.caller(route, .reader)
          let session = server.api.sessions.begin(with: caller, for: Self.reader)
          for headers in [
            ["authorization": "Bearer \(caller)"], ["cookie": "reflog_session=\(session.id)"], [:],
            ["authorization": "Bearer wrong"], ["cookie": "reflog_session=wrong"],
          ] as [HTTPHeaders] {
            let answer = try await server.send(.GET, path, headers: headers)
            #expect(answer.status == 200, "\(path) \(headers)")
          }
          expected[route] = 2
        case .notHistory: continue
        }
      }
      for plan in Self.plans {
        let caller = try await server.caller(plan.path, plan.role)
        _ = try await server.send(
          .POST,
          plan.path,
          text: plan.body,
          headers: ["authorization": "Bearer \(caller)", "content-type": "application/json"]
        )
        expected[plan.path] = 1
      }

      #expect(try await server.recorded(.historyRead) == expected)
    }
  }

  @Test(arguments: [
    ("/beta/auditLogs/connectorChanges", ["csv", "jsonl", "ocsf", "asim"]),
    ("/beta/auditLogs/serviceEvents", ["csv", "jsonl"]),
    ("/export", ["csv", "excel", "jsonl", "ocsf", "asim"]),
  ])
  func everyExportIsRecordedWhateverItsRangeOrFormat(path: String, formats: [String]) async throws {
    try await withServer { server in
      _ = try await server.set(Sample.newVendor)
      var expected: [String: Int] = [:]
      for format in formats {
        let caller = try await server.caller(format, .reader)
        let session = server.api.sessions.begin(with: caller, for: Self.reader)
        let ranges =
          path == "/export" ? ["", "&flow=B2C_1_signup"] : ["", "&after=0", "&after=1", "&$filter=id%20eq%201"]
        for range in ranges {
          let answer =
            if path == "/export" {
              try await server.send(
                .GET,
                "\(path)?format=\(format)\(range)",
                headers: ["cookie": "reflog_session=\(session.id)"]
              )
            } else {
              try await server.send(
                .GET,
                "\(path)?$format=\(format)\(range)",
                headers: ["authorization": "Bearer \(caller)"]
              )
            }
          #expect(answer.status == 200, "\(format) \(range)")
        }
        expected[format] = ranges.count
      }

      #expect(try await server.recorded(.export) == expected)
      #expect(try await server.recorded(.historyRead) == expected)
    }
  }
}

extension LiveServer {
  /// Creates an API token with this name, and returns the token.
  fileprivate func caller(_ name: String, _ role: Role) async throws -> String {
    let body: JSONObject = ["name": .string(name), "role": .string(role.rawValue)]
    let answer = try await send(.POST, "/beta/reflog/tokens", body, role: .admin)
    return try #require(answer.body["token"]?.string, "\(name): \(answer.text)")
  }

  /// Returns, for the name of each caller, the sum of the counts in the service events of this kind about the caller.
  fileprivate func recorded(_ kind: ServiceEvent.Kind) async throws -> [String: Int] {
    let recorder = Task { try await api.events.run() }
    recorder.cancel()
    try await recorder.value
    let events = try await fixture.history.oldestEvents(after: 0, upTo: .max, limit: 10_000)
    return events.filter { $0.content.kind == kind }.reduce(into: [:]) { counts, event in
      counts[event.content.actor?.name ?? "", default: 0] += event.content.count
    }
  }
}
