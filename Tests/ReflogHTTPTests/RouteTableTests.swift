import HTTPTypes
import Hummingbird
import Testing

@testable import ReflogHTTP

struct RouteTableTests {
  /// A table in which every `GET` route, and every `POST` route, answers 204.
  private static func table(_ routes: String...) -> RouteTable {
    let router = RequestRouter()
    for route in routes {
      let parts = route.split(separator: " ")
      let method = HTTPRequest.Method(rawValue: String(parts[0])) ?? .get
      router.on(RouterPath(String(parts[1])), method: method) { _, _ in Response(status: .noContent) }
    }
    return RouteTable(of: router)
  }

  @Test func aFixedSegmentHasPriorityOverAPathParameter() throws {
    let table = Self.table("GET /flows/:flow", "POST /flows/rollback", "GET /flows/rollback/:batch")

    #expect(table.methods(at: "/flows/rollback") == [.post])
    #expect(table.methods(at: "/flows/other") == [.get, .head])
    #expect(table.match("/flows/rollback/7")?.parameters["batch"] == "7")
    #expect(table.match("/flows/other")?.parameters["flow"] == "other")
  }

  @Test func aFixedSegmentWithoutARouteDoesNotHideOtherRoutes() throws {
    let table = Self.table("GET /identity/apiConnectors/:connector", "GET /identity/:flowType/:flow/**")

    let match = try #require(table.match("/identity/apiConnectors/a/b/c"))

    #expect(match.parameters["flowType"] == "apiConnectors")
    #expect(match.parameters["flow"] == "a")
    #expect(match.parameters[PathParameters.rest] == "b/c")
    #expect(match.parameters["connector"] == nil)
  }

  @Test func theRestIsOneOrMoreSegments() {
    let table = Self.table("GET /tile/**")

    #expect(table.match("/tile") == nil)
    #expect(table.match("/tile/0")?.parameters[PathParameters.rest] == "0")
    #expect(table.match("/tile/0/x001/002")?.parameters[PathParameters.rest] == "0/x001/002")
  }

  @Test func aMatchHasTheSpellingOfTheRouteAndTheParametersOfTheCaller() throws {
    let table = Self.table("GET /Sign-in/:Name/$count")

    let match = try #require(table.match("/sIGN-IN/Apfel%2C/$COUNT"))

    #expect(match.path == "/Sign-in/Apfel%2C/$count")
    #expect(match.parameters["Name"] == "Apfel%2C")
    #expect(table.match("/sign-in/x/@count") == nil, "Only letters have two cases.")
  }

  @Test func theRestKeepsTheSpellingOfTheCaller() throws {
    let table = Self.table("GET /tile/**", "GET /flows")

    #expect(try #require(table.match("/TILE/Flows/")).path == "/tile/Flows/")
  }

  @Test func onlyAVersionOfTheAPIIsAVersion() {
    let table = Self.table("GET /{version}/reflog/status", "GET /export")

    #expect(table.match("/V1.0/reflog/status")?.parameters["version"] == "V1.0")
    #expect(table.match("/v2.0/reflog/status") == nil)
    #expect(table.match("/export/reflog/status") == nil)
  }

  @Test func aPathWithTooManyOrTooFewSegmentsHasNoMatch() {
    let table = Self.table("GET /a/:b", "GET /")

    #expect(table.match("/a") == nil)
    #expect(table.match("/a/b/c") == nil)
    #expect(table.match("/a/b/")?.path == "/a/b/")
    #expect(table.match("/") != nil)
  }
}
