import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// A fake Microsoft Graph that answers thousands of requests per second without any faults.
///
/// This server stores the references in memory. `misbehavinggraph.py` is another fake Graph, which simulates faults.
final class FakeGraph: Sendable {
  /// The time from the arrival of a request to the answer.
  private let delay: Duration
  /// The connector's id for each path of a step. A step without a value calls no connector.
  private let references = Mutex<[String: String]>([:])

  init(delay: Duration) {
    self.delay = delay
  }

  func addRoutes(to router: Router<BasicRequestContext>) {
    router.post("/:tenant/oauth2/v2.0/token") { _, _ in
      Self.json(#"{"token_type":"Bearer","expires_in":3599,"access_token":"a-token"}"#)
    }
    // The lists are empty, so a sweep reads no flow and no connector.
    for list in ["b2cUserFlows", "b2xUserFlows", "apiConnectors"] {
      router.get("/beta/identity/\(list)") { _, _ in Self.json(#"{"value":[]}"#) }
    }
    router.get("/beta/identity/:flowType/:flow/apiConnectorConfiguration") { request, _ in
      try await self.configuration(request)
    }
    router.put("/beta/identity/:flowType/:flow/apiConnectorConfiguration/:step/$ref") { request, _ in
      try await self.setReference(request)
    }
  }

  /// Answers with the connector that the step in `$expand` calls.
  private func configuration(_ request: Request) async throws -> Response {
    try await Task.sleep(for: delay)
    guard let step = request.uri.queryParameters["$expand"].map(String.init) else {
      return Response(status: .badRequest)
    }
    let reference = references.withLock { $0["\(request.uri.path)/\(step)/$ref"] }
    let connector = reference.map { #"{"id":"\#($0)","displayName":"A connector"}"# } ?? "null"
    let context = "http://127.0.0.1/beta/$metadata#identity/apiConnectorConfiguration(\(step)())"
    return Self.json(#"{"@odata.context":"\#(context)","\#(step)":\#(connector)}"#)
  }

  /// Stores the id at the end of the URL in the body.
  private func setReference(_ request: Request) async throws -> Response {
    let body = try await request.body.collect(upTo: Bare.bodyLimit)
    try await Task.sleep(for: delay)
    let id = String(buffer: body).split(separator: "/").last?.prefix { $0 != "\"" }
    references.withLock { $0[request.uri.path] = id.map(String.init) }
    return Response(status: .noContent)
  }

  private static func json(_ text: String) -> Response {
    Response(
      status: .ok,
      headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text))
    )
  }
}
