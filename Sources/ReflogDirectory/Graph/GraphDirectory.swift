package import Metrics
import NIOHTTP1
package import ReflogModel

/// Microsoft Graph as the directory.
///
/// Every read and every write is one request. If Graph refuses Reflog's own token, Reflog gets a new token and sends
/// the request a second time. In all other cases, a request is sent only once.
package struct GraphDirectory: Directory {
  package let kind = DirectoryKind.graph
  package let settleWindow: Duration
  package let longestWrite: Duration
  package let hasOwnCredential: Bool
  private let graphURL: String
  private let connection: GraphConnection
  private var authorization: GraphAuthorization

  /// Creates a directory.
  ///
  /// - Parameters:
  ///   - graphURL: The base URL of Graph, without a slash at the end.
  ///   - loginURL: The base URL of the login service, without a slash at the end.
  ///   - credential: Reflog's own credential, or nil if every caller sends its own token.
  ///   - timeout: The maximum time for a whole exchange, from the first attempt to connect to the last byte of the
  ///     answer.
  ///   - settleWindow: The time after a write in which a read may still show the older value. Entra is eventually
  ///     consistent and documents no limit for this time.
  ///   - metrics: Receives the number of requests to Graph and the duration of each request.
  package init(
    graphURL: String,
    loginURL: String,
    credential: GraphCredential?,
    timeout: Duration,
    settleWindow: Duration,
    metrics: any MetricsFactory = NOOPMetricsHandler.instance
  ) {
    self.graphURL = graphURL
    self.settleWindow = settleWindow
    // A write needs at most four exchanges: a token request and the write, and both requests again if Graph refuses the
    // token.
    longestWrite = timeout * 4
    let connection = GraphConnection(timeout: timeout, metrics: metrics)
    self.connection = connection
    hasOwnCredential = credential != nil
    authorization =
      credential.map { credential in
        .own(GraphTokens(credential: credential, loginURL: loginURL, graphURL: graphURL, connection: connection))
      } ?? .missing
  }

  /// Returns a copy of this directory that sends the caller's token with every request.
  package func bearing(_ token: DirectoryToken) -> any Directory {
    var directory = self
    directory.authorization = .caller(token)
    return directory
  }

  /// Closes all connections.
  ///
  /// Call this method once, after the last request.
  package func shutdown() async throws {
    try await connection.shutdown()
  }

  /// Reads the reference at an address from the flow's configuration, with `$expand` for the step.
  ///
  /// The result is `unknown` if the answer of Graph does not show the reference.
  package func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference {
    try await references(of: FlowName(of: address), at: [address.step])[address.step] ?? .unknown
  }

  /// Returns a connector, or nil if Graph answers with status 404.
  package func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector? {
    let response: GraphResponse
    do {
      response = try await answer(to: GraphRequest(DirectoryRead(.connector(id))))
    } catch {
      if case .refused(let refusal) = error, refusal.httpStatus == 404 { return nil }
      throw error
    }
    guard let connector = response.json.flatMap(DirectoryConnector.init(graph:)) else {
      throw .unavailable(reason: "Microsoft Graph returned a connector without an id")
    }
    return connector
  }

  /// Forwards a read to Microsoft Graph.
  package func read(_ question: DirectoryRead) async throws(DirectoryFailure) -> DirectoryResponse {
    let answer = try await answer(to: GraphRequest(question), correlationID: question.correlationID)
    let response = DirectoryResponse(answer, from: graphURL)
    guard !answer.isJSON || answer.body.isEmpty || response.body != nil else {
      throw .unavailable(reason: "Microsoft Graph returned JSON that can't be parsed")
    }
    return response
  }

  /// Sends a write, and returns the result.
  ///
  /// This method never throws. The result is `unknown` if the write may have been applied.
  package func write(_ write: DirectoryWrite, correlationID: String) async -> DirectoryAnswer {
    do {
      let exchange = try await send(GraphRequest(write, graphURL: graphURL), correlationID: correlationID)
      return DirectoryAnswer(exchange, from: graphURL, isOwnCredential: authorization.isOwn)
    } catch .unavailable(let reason) {
      return .notSent(reason: reason)
    } catch {
      return .notSent(reason: error.description)
    }
  }

  /// Returns Graph's answer to a read, or throws if there is no answer or Graph refused the read.
  private func answer(
    to request: GraphRequest,
    correlationID: String? = nil
  ) async throws(DirectoryFailure) -> GraphResponse {
    switch try await send(request, correlationID: correlationID) {
    case .neverSent(let reason), .broken(let reason):
      throw .unavailable(reason: "Microsoft Graph did not answer: \(reason)")
    case .answered(let response):
      switch DirectoryAnswer(.answered(response), from: graphURL, isOwnCredential: authorization.isOwn) {
      case .applied: return response
      case .refused(let refusal): throw .refused(refusal)
      case .notSent(let reason), .unknown(_, let reason): throw .unavailable(reason: reason)
      }
    }
  }

  /// Sends a request with a token, and once more with a new token if Graph refused the first token.
  ///
  /// - Throws: `unavailable` if there is no token. In this case, the request was not sent.
  private func send(
    _ request: GraphRequest,
    correlationID: String?
  ) async throws(DirectoryFailure) -> GraphExchange {
    let token = try await authorization.token()
    let exchange = await send(request, bearing: token, correlationID)
    guard case .answered(let response) = exchange, response.httpStatus == 401,
      let another = try await authorization.token(insteadOf: token)
    else { return exchange }
    // A second attempt is safe, because status 401 means that Graph did not carry out the request.
    return await send(request, bearing: another, correlationID)
  }

  private func send(_ request: GraphRequest, bearing token: String, _ correlationID: String?) async -> GraphExchange {
    var headers: HTTPHeaders = ["authorization": "Bearer \(token)", "accept": "application/json"]
    if let content = request.content { headers.add(name: "content-type", value: content.type) }
    if let correlationID { headers.add(name: "client-request-id", value: correlationID) }
    return await connection.send(
      request.method,
      graphURL + request.path,
      headers: headers,
      body: request.content?.bytes,
      isWrite: request.isWrite
    )
  }
}
