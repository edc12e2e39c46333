import ReflogModel

/// The body of a `$ref` request.
///
/// `{"@odata.id": url}` sets the reference. `{}` or `{"@odata.id": null}` clears the reference, so the step calls no
/// connector. Control information, for example `@odata.context`, is accepted and has no effect.
///
/// Reflog reads only the connector's id from the URL, and never sends a request to the URL.
enum ReferenceBody {
  /// Returns the reference that a body requests.
  ///
  /// - Parameters:
  ///   - body: The body of the request.
  ///   - host: The host of this server. URLs with this host are accepted too.
  static func reference(_ body: JSONObject, host: OwnHost) throws(RequestError) -> ConnectorReference {
    let body = body.withoutControlInformation
    if let other = body.members.first(where: { $0.name != "@odata.id" }) {
      throw .badRequest(
        "The body has the unknown member \(other.name). \(form), or {} to clear the step.",
        target: other.name
      )
    }
    switch body["@odata.id"] {
    case nil, .null: return .none
    case .string(let url):
      return .connector(try connectorID(of: url, host: host), displayName: nil)
    case .some(let value):
      throw .badRequest("@odata.id must be a URL or null, not \(value.kindName). \(form).", target: "@odata.id")
    }
  }

  /// The correct form of a body, for error messages.
  private static let form = #"Send {"@odata.id":"https://graph.microsoft.com/beta/identity/apiConnectors/{id}"}"#

  /// The hosts of Microsoft Graph, one host for each cloud of Microsoft.
  static let graphHosts = [
    "graph.microsoft.com", "graph.microsoft.us", "dod-graph.microsoft.us", "microsoftgraph.chinacloudapi.cn",
  ]

  /// The start of most URLs of connectors. A URL with this start and a valid id needs no further checks.
  private static let usualStart = "https://graph.microsoft.com/beta/identity/apiConnectors/"

  /// Returns the id at the end of a connector's URL: `…/apiConnectors/{id}` or `…/apiConnectors('{id}')`.
  ///
  /// The URL must be relative, or absolute with a host of Microsoft Graph or of this server.
  static func connectorID(of url: String, host: OwnHost) throws(RequestError) -> ConnectorID {
    if url.hasPrefix(usualStart), let id = ConnectorID(Substring(url.utf8.dropFirst(usualStart.utf8.count))) {
      return id
    }
    let path = try path(of: url, host: host)
    var segments = path.split(separator: "/").map(String.init)[...]
    if let first = segments.first?.lowercased(), ["beta", "v1.0", "v1"].contains(first) { segments.removeFirst() }
    if segments.first?.lowercased() == "identity" { segments.removeFirst() }
    guard let id = id(in: Array(segments)) else {
      throw .badRequest(
        "@odata.id must end in identity/apiConnectors/ and the connector's id. \(form).",
        target: "@odata.id"
      )
    }
    return id
  }

  private static func id(in segments: [String]) -> ConnectorID? {
    switch segments.count {
    case 2 where segments[0].lowercased() == "apiconnectors":
      return ConnectorID(segments[1])
    case 1:
      let (open, close) = ("apiconnectors('", "')")
      guard segments[0].lowercased().hasPrefix(open), segments[0].hasSuffix(close) else { return nil }
      return ConnectorID(segments[0].dropFirst(open.count).dropLast(close.count))
    default:
      return nil
    }
  }

  /// Returns the path of a URL, without the base path if the URL belongs to this server.
  ///
  /// Throws an error if the host of the URL belongs neither to Microsoft Graph nor to this server.
  private static func path(of url: String, host ownHost: OwnHost) throws(RequestError) -> Substring {
    guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !forbidden.contains($0) }) else {
      throw .badRequest(
        "@odata.id contains a character that is not allowed: % ? # @ \\, white space, or a character outside ASCII. "
          + "\(form).",
        target: "@odata.id"
      )
    }
    guard let separator = url.firstRange(of: "://") else {
      guard !url.hasPrefix("//"), !url.contains(":") else { throw foreignHost }
      return ownHost.withoutBasePath(url[...])
    }
    let scheme = url[..<separator.lowerBound].lowercased()
    let rest = url[separator.upperBound...]
    let end = rest.firstIndex(of: "/") ?? rest.endIndex
    let host = rest[..<end].lowercased()
    let isGraph = scheme == "https" && (graphHosts.contains(host) || graphHosts.map { $0 + ":443" }.contains(host))
    let isOwn = (scheme == "https" || scheme == "http") && host == ownHost.authority?.lowercased()
    guard isGraph || isOwn else { throw foreignHost }
    return isOwn ? ownHost.withoutBasePath(rest[end...]) : rest[end...]
  }

  private static let forbidden = Array("%?#@\\".utf8)

  private static var foreignHost: RequestError {
    .badRequest(
      "@odata.id must be a relative URL, or a URL of Microsoft Graph or of this server. \(form).",
      target: "@odata.id"
    )
  }
}
