import NIOHTTP1
import Testing

@testable import ReflogHTTP

struct AllowTests {
  @Test(arguments: [
    ("DELETE", "/beta/auditLogs/connectorChanges", "GET, HEAD"),
    ("PUT", "/BETA/auditlogs/connectorChanges/1", "GET, HEAD"),
    ("GET", "/beta/auditLogs/connectorChanges/1/rollback", "POST"), ("PATCH", "/beta/reflog/status", "GET, HEAD"),
    ("OPTIONS", "/beta/auditLogs/connectorChanges", "GET, HEAD"), ("TRACE", "/metrics", "GET, HEAD"),
    ("POST", "/beta/auditLogs/serviceEvents", "GET, HEAD"), ("POST", "/metrics", "GET, HEAD"),
    ("OPTIONS", LiveServer.signup, "GET, HEAD, PUT, DELETE"), ("PUT", "/flows", "GET, HEAD"),
  ])
  func anUnsupportedMethodIsAnsweredWith405AndTheSupportedMethods(
    method: String,
    path: String,
    allow: String
  ) async throws {
    try await withServer { server in
      let answer = try await server.send(HTTPMethod(rawValue: method), path, text: nil)

      #expect(answer.status == 405)
      #expect(answer.code == "badRequest")
      #expect(answer.headers.first(name: "allow") == allow)
    }
  }

  @Test(arguments: [
    "/beta/auditLogs/other", "/beta/users", "/nowhere", "/beta/reflog/other", "/nowhere/reflog/tokens",
    "/export/auditLogs/connectorChanges", "/connectors/identity/apiConnectors",
    "/beta/identity/other/B2C_1_signup/part",
  ])
  func theAnswerToAPathWithoutAResourceHasNoAllowHeader(path: String) async throws {
    try await withServer { server in
      for method: HTTPMethod in [.GET, .DELETE, .OPTIONS] {
        let answer = try await server.send(method, path, text: nil)
        #expect([404, 501].contains(answer.status), "\(method)")
        #expect(answer.headers.first(name: "allow") == nil)
      }
    }
  }
}
