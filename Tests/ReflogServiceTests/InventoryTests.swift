import ReflogModel
import Testing

@testable import ReflogService

/// Tests of incomplete lists that Microsoft Graph returns.
struct InventoryTests {
  /// A directory that returns the same answer for every list, and that has some connectors.
  private struct ListingDirectory: Directory {
    let list: JSONObject
    var httpStatus = 200
    var known: [ConnectorID: DirectoryConnector] = [:]

    let kind = DirectoryKind.graph
    let settleWindow = Duration.zero
    let longestWrite = Duration.zero
    let hasOwnCredential = true

    func bearing(_ token: DirectoryToken) -> any Directory { self }

    func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference { .unknown }

    func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector? { known[id] }

    func read(_ question: DirectoryRead) async throws(DirectoryFailure) -> DirectoryResponse {
      DirectoryResponse(httpStatus: httpStatus, body: list)
    }

    func write(_ write: DirectoryWrite, correlationID: String) async -> DirectoryAnswer { .notSent(reason: "") }

    var inventory: Inventory { Inventory(directory: self, rateLimiter: RateLimiter(interval: .zero)) }
  }

  private static func list(_ items: JSONValue...) -> JSONObject { ["value": .array(items)] }

  private static let connector: JSONValue = .object([
    "id": "abc", "displayName": "Fraud check", "targetUrl": "https://api.contoso.example/",
  ])

  /// Incomplete lists, and the problem that the error about each list must contain.
  private static let lists: [(list: JSONObject, httpStatus: Int, problem: String)] = [
    ([:], 200, "its answer is not a list"), (["value": "x"], 200, "its answer is not a list"),
    (list(), 204, "its answer is not a list"), (list("x"), 200, "its list has an item that is not an object"),
    (list(connector, .null), 200, "its list has an item that is not an object"),
    (["value": .array([]), "@odata.nextLink": .bool(true)], 200, "its list has a link that is not a text"),
  ]

  @Test(arguments: lists)
  func anIncompleteListIsAnError(_ row: (list: JSONObject, httpStatus: Int, problem: String)) async throws {
    let inventory = ListingDirectory(list: row.list, httpStatus: row.httpStatus).inventory

    let connectors = await #expect(throws: DirectoryFailure.self) { try await inventory.connectors() }
    let flows = await #expect(throws: DirectoryFailure.self) { try await inventory.flows(.b2cUserFlows) }

    #expect(connectors?.description == "The directory can't be read: \(row.problem)")
    #expect(flows?.description == connectors?.description)
  }

  @Test(arguments: [[:], ["id": .null], ["id": .integer(5)], ["id": "a b"]] as [JSONObject])
  func anItemWithoutAnIDIsAnError(_ item: JSONObject) async throws {
    let inventory = ListingDirectory(list: Self.list(Self.connector, .object(item))).inventory

    let connectors = await #expect(throws: DirectoryFailure.self) { try await inventory.connectors() }
    let flows = await #expect(throws: DirectoryFailure.self) { try await inventory.flows(.b2cUserFlows) }

    #expect(connectors?.description == "The directory can't be read: it returned a connector without an id")
    #expect(flows?.description == "The directory can't be read: it returned a user flow without an id")
  }

  /// Listed connectors without the display name or without the target URL.
  private static let partial: [JSONObject] = [
    ["id": "abc"], ["id": "abc", "displayName": "Fraud check"],
    ["id": "abc", "targetUrl": "https://api.contoso.example/"],
    ["id": "abc", "displayName": .null, "targetUrl": .null],
  ]

  @Test(arguments: partial)
  func aConnectorIsReadWithASeparateRequestIfTheListShowsItInPart(_ item: JSONObject) async throws {
    let id = try #require(ConnectorID("abc"))
    let whole = DirectoryConnector(id: id, displayName: "Fraud check", targetURL: "https://api.contoso.example/")
    var directory = ListingDirectory(list: Self.list(.object(item)))

    // The connector was deleted after the list was read.
    let gone = try await directory.inventory.connectors()
    #expect(gone.isEmpty)
    directory.known = [id: whole]
    let found = try await directory.inventory.connectors()
    #expect(found.map(\.displayName) == ["Fraud check"])
    directory.known = [id: try #require(DirectoryConnector(graph: item))]
    let inventory = directory.inventory
    let error = await #expect(throws: DirectoryFailure.self) { try await inventory.connectors() }
    #expect(
      error?.description
        == "The directory can't be read: it did not show the name and the target URL of the connector abc"
    )
  }
}
