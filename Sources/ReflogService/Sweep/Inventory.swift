import ReflogModel

/// Reads all flows, connectors and references of the directory, within the rate limit.
struct Inventory: Sendable {
  let directory: any Directory
  let rateLimiter: RateLimiter

  /// The maximum number of pages in a list.
  ///
  /// No tenant has so many pages. A list with more pages is treated as an error, because the list may never end.
  private static let pageLimit = 10_000

  /// Returns the ids of all user flows of a type.
  func flows(_ flowType: FlowType) async throws(DirectoryFailure) -> [FlowID] {
    try await all(.flows(flowType)).map { (object) throws(DirectoryFailure) in
      guard let id = object["id"]?.string.flatMap({ FlowID($0) }) else {
        throw .unavailable(reason: "it returned a user flow without an id")
      }
      return id
    }
  }

  /// Returns all connectors.
  func connectors() async throws(DirectoryFailure) -> [DirectoryConnector] {
    try await all(.connectors).map { (object) throws(DirectoryFailure) in
      guard let connector = DirectoryConnector(graph: object) else {
        throw .unavailable(reason: "it returned a connector without an id")
      }
      return connector
    }
  }

  /// Returns the references of some steps of a flow.
  ///
  /// This method does not wait for the rate limit, because its caller holds locks.
  func references(
    of flow: FlowName,
    at steps: [Step]
  ) async throws(DirectoryFailure) -> [Step: ConnectorReference] {
    let expand = QueryItem("$expand", steps.map(\.name).joined(separator: ","))
    let response = try await read(DirectoryRead(.configuration(flow.flowType, flow.flow), query: [expand]))
    guard let body = response.body else { throw .unavailable(reason: "its answer is not a JSON object") }
    var references: [Step: ConnectorReference] = [:]
    for step in steps {
      guard let reference = ConnectorReference(graphStep: body.member(named: step.name)?.value) else {
        throw .unavailable(reason: "its answer is not a connector")
      }
      references[step] = reference
    }
    return references
  }

  /// Returns a connector, or nil if there is none with this id.
  ///
  /// This method does not wait for the rate limit, because its caller holds locks.
  func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector? {
    do {
      return try await directory.connector(id)
    } catch {
      rateLimiter.heed(error)
      throw error
    }
  }

  private func all(_ resource: DirectoryRead.Resource) async throws(DirectoryFailure) -> [JSONObject] {
    var objects: [JSONObject] = []
    var query: [QueryItem] = []
    for _ in 0..<Self.pageLimit {
      await rateLimiter.wait()
      let response = try await read(DirectoryRead(resource, query: query))
      guard let page = response.body?["value"]?.array else { throw .unavailable(reason: "its answer is not a list") }
      objects += page.compactMap(\.object)
      guard let link = response.body?["@odata.nextLink"]?.string else { return objects }
      query = QueryItem.items(ofURL: link)
    }
    throw .unavailable(reason: "its list has more than \(Self.pageLimit) pages")
  }

  private func read(_ question: DirectoryRead) async throws(DirectoryFailure) -> DirectoryResponse {
    do {
      return try await directory.read(question)
    } catch {
      rateLimiter.heed(error)
      throw error
    }
  }
}
