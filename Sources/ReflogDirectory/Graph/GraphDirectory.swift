import NIOHTTP1
package import ReflogModel

/// Microsoft Graph as the directory.
///
/// Every question and every write is one request to beta, under Reflog's own credential. A token that Graph refuses is
/// renewed once; nothing else is sent twice.
package struct GraphDirectory: Directory {
  package let kind = DirectoryKind.graph
  package let settleWindow: Duration
  package let longestWrite: Duration
  private let graphURL: String
  private let connection: GraphConnection
  private let tokens: GraphTokens

  /// - Parameters:
  ///   - graphURL: without a slash at the end; so too `loginURL`.
  ///   - timeout: for a whole exchange.
  ///   - settleWindow: Entra is eventually consistent, and promises no bound.
  package init(
    graphURL: String,
    loginURL: String,
    credential: GraphCredential,
    timeout: Duration,
    settleWindow: Duration
  ) {
    self.graphURL = graphURL
    self.settleWindow = settleWindow
    // A token, the write, and both again where the token was refused.
    longestWrite = timeout * 4
    connection = GraphConnection(timeout: timeout)
    tokens = GraphTokens(credential: credential, loginURL: loginURL, graphURL: graphURL, connection: connection)
  }

  /// Closes all connections. Call it once, when nothing is asked any more.
  package func shutdown() async throws {
    try await connection.shutdown()
  }

  package func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference {
    let request = GraphRequest.configuration(of: address.flow, address.flowType, expand: [address.step])
    let response = try await answer(to: request)
    guard let configuration = response.json else {
      throw .unavailable(reason: "Microsoft Graph answered no JSON object")
    }
    switch configuration.member(named: address.step.name)?.value {
    case nil, .null: return .none
    case .object(let object):
      guard let connector = DirectoryConnector(graph: object) else {
        throw .unavailable(reason: "Microsoft Graph answered a connector without id or name")
      }
      return connector.reference
    case .some(let value):
      throw .unavailable(reason: "Microsoft Graph answered \(value.kindName) where a connector is expected")
    }
  }

  package func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector? {
    let response: GraphResponse
    do {
      response = try await answer(to: .connector(id))
    } catch {
      if case .refused(let refusal) = error, refusal.httpStatus == 404 { return nil }
      throw error
    }
    guard let connector = response.json.flatMap(DirectoryConnector.init(graph:)) else {
      throw .unavailable(reason: "Microsoft Graph answered a connector without id or name")
    }
    return connector
  }

  package func read(_ question: DirectoryRead) async throws(DirectoryFailure) -> DirectoryResponse {
    DirectoryResponse(try await answer(to: GraphRequest(question)))
  }

  package func write(_ write: DirectoryWrite) async -> DirectoryAnswer {
    do {
      return DirectoryAnswer(try await send(GraphRequest(write, graphURL: graphURL)))
    } catch {
      return .notSent(reason: error.description)
    }
  }

  /// A success, or why there is none.
  private func answer(to request: GraphRequest) async throws(DirectoryFailure) -> GraphResponse {
    switch try await send(request) {
    case .neverSent(let reason), .broken(let reason):
      throw .unavailable(reason: "Microsoft Graph gave no answer: \(reason)")
    case .answered(let response):
      switch DirectoryAnswer(.answered(response)) {
      case .applied: return response
      case .refused(let refusal): throw .refused(refusal)
      case .notSent(let reason), .unknown(_, let reason): throw .unavailable(reason: reason)
      }
    }
  }

  /// Throws where no token was to be had, and so nothing was sent.
  private func send(_ request: GraphRequest) async throws(DirectoryFailure) -> GraphExchange {
    let token = try await tokens.token()
    let exchange = await send(request, bearing: token)
    guard case .answered(let response) = exchange, response.httpStatus == 401 else { return exchange }
    // A definite refusal: nothing was done, so it may be sent again.
    return await send(request, bearing: try await tokens.token(insteadOf: token))
  }

  private func send(_ request: GraphRequest, bearing token: String) async -> GraphExchange {
    var headers: HTTPHeaders = ["authorization": "Bearer \(token)", "accept": "application/json"]
    if request.body != nil { headers.add(name: "content-type", value: "application/json") }
    return await connection.send(
      request.method,
      graphURL + request.path,
      headers: headers,
      body: request.body.map { JSONValue.object($0).bytes },
      isWrite: request.isWrite
    )
  }
}
