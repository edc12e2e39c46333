import ReflogModel

/// Reads all flows, connectors and references of the directory, within the rate limit.
struct Inventory: Sendable {
  let directory: any Directory
  let rateLimiter: RateLimiter

  /// The maximum number of pages in a list.
  ///
  /// No tenant has so many pages. A longer list is treated as an error, because the list may never end.
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
  ///
  /// If the list from the directory does not contain the name or the target URL of a connector, a separate request
  /// reads that connector.
  func connectors() async throws(DirectoryFailure) -> [DirectoryConnector] {
    var connectors: [DirectoryConnector] = []
    for object in try await all(.connectors) {
      guard let listed = DirectoryConnector(graph: object) else {
        throw .unavailable(reason: "it returned a connector without an id")
      }
      if let connector = listed.isComplete ? listed : try await completed(listed) { connectors.append(connector) }
    }
    return connectors
  }

  /// Reads a connector that a list did not show completely, or returns nil if the connector was deleted in the
  /// meantime.
  private func completed(_ listed: DirectoryConnector) async throws(DirectoryFailure) -> DirectoryConnector? {
    await rateLimiter.wait()
    guard let connector = try await connector(listed.id) else { return nil }
    guard connector.isComplete else {
      throw .unavailable(reason: "it did not show the name and the target URL of the connector \(listed.id)")
    }
    return connector
  }

  /// Returns the references of some steps of a flow.
  ///
  /// This method does not wait for the rate limit, because the caller holds locks.
  func references(
    of flow: FlowName,
    at steps: [Step]
  ) async throws(DirectoryFailure) -> [Step: ConnectorReference] {
    try await reportingFailures { () async throws(DirectoryFailure) in
      try await directory.referencesUnlessDeleted(of: flow, at: steps)
    }
  }

  /// Returns a connector, or nil if no connector has this id.
  ///
  /// This method does not wait for the rate limit, because the caller holds locks.
  func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector? {
    try await reportingFailures { () async throws(DirectoryFailure) in try await directory.connector(id) }
  }

  private func all(_ resource: DirectoryRead.Resource) async throws(DirectoryFailure) -> [JSONObject] {
    var objects: [JSONObject] = []
    var query: [QueryItem] = []
    for _ in 0..<Self.pageLimit {
      await rateLimiter.wait()
      let question = DirectoryRead(resource, query: query)
      let response = try await reportingFailures { () async throws(DirectoryFailure) in
        try await directory.read(question)
      }
      // Only an answer with status 200 and a list shows which objects the tenant has.
      guard response.httpStatus == 200, let page = response.body?["value"]?.array else {
        throw .unavailable(reason: "its answer is not a list")
      }
      for item in page {
        guard let object = item.object else { throw .unavailable(reason: "its list has an item that is not an object") }
        objects.append(object)
      }
      switch response.body?["@odata.nextLink"] {
      case nil, .null: return objects
      case .string(let link): query = QueryItem.items(ofURL: link)
      case .some: throw .unavailable(reason: "its list has a link that is not a text")
      }
    }
    throw .unavailable(reason: "its list has more than \(Self.pageLimit) pages")
  }

  /// Reads the directory, and reports a failure to the rate limiter.
  private func reportingFailures<Value>(
    _ read: () async throws(DirectoryFailure) -> Value
  ) async throws(DirectoryFailure) -> Value {
    do {
      return try await read()
    } catch {
      rateLimiter.slowDown(after: error)
      throw error
    }
  }
}
