import NIOHTTP1
import ReflogModel

/// The connectors of a directory and the steps that call them.
struct ConnectorList {
  /// A connector.
  struct Entry {
    let id: String
    var displayName: String?
    /// The target URL of the connector, without the query.
    var targetURL: String?
    /// The addresses of the steps that call the connector.
    var steps: [String] = []

    /// The entry as JSON.
    var json: JSONObject {
      [
        "id": .string(id), "displayName": .optional(displayName), "targetUrl": .optional(targetURL),
        "calledBy": .array(steps.map { .string($0) }),
      ]
    }
  }

  /// The connectors, sorted by name and id.
  let entries: [Entry]

  /// Creates a list.
  ///
  /// - Parameters:
  ///   - directory: The connectors in the form that the directory returns. The list is empty if the directory was not
  ///     read.
  ///   - configurations: The current references, in the form that the history API returns.
  private init(_ directory: [JSONObject], configurations: [JSONObject]) {
    var found: [String: Entry] = [:]
    for connector in directory {
      guard let id = connector["id"]?.string else { continue }
      found[id.asciiFolded] = Entry(
        id: id,
        displayName: connector["displayName"]?.string,
        targetURL: connector["targetUrl"]?.string.map { redactedURL($0) }
      )
    }
    for configuration in configurations {
      let reference = configuration["reference"]?.object
      guard let id = reference?["connectorId"]?.string else { continue }
      var entry = found[id.asciiFolded] ?? Entry(id: id)
      entry.displayName = entry.displayName ?? reference?["displayName"]?.string
      entry.targetURL = entry.targetURL ?? reference?["targetUrl"]?.string
      entry.steps.append(configuration.addressText ?? "")
      found[id.asciiFolded] = entry
    }
    entries = found.values.sorted { ($0.displayName ?? "", $0.id) < ($1.displayName ?? "", $1.id) }
  }

  /// Reads the connectors. From a server, it reads all connectors; from a ledger, only those that a step calls.
  ///
  /// With Microsoft Graph, the sweeps record all references, so the references are read from the ledger. The embedded
  /// directory has no sweeps, so its references are read from the directory itself.
  static func read(_ source: any HistorySource) async throws -> ConnectorList {
    let recorded = try await source.configurations(asOf: nil).objects("value")
    guard let server = source as? ServerClient else { return ConnectorList([], configurations: recorded) }
    let connectors = try await server.values("/beta/identity/apiConnectors")
    let status = try await server.status()
    guard status["directory"]?.string == DirectoryKind.embedded.rawValue else {
      if status["verifiedDateTime"]?.string == nil {
        Terminal.say("No sweep has finished yet. Steps that are not recorded yet may call a connector too.")
      }
      return ConnectorList(connectors, configurations: recorded)
    }
    return ConnectorList(connectors, configurations: try await server.references())
  }
}

extension ServerClient {
  /// Returns all items of a list in the directory.
  fileprivate func values(_ path: String) async throws -> [JSONObject] {
    var body = try await send(.GET, path).body
    var found = body.objects("value")
    while let link = body["@odata.nextLink"]?.string, let mark = link.firstIndex(of: "?") {
      body = try await send(.GET, path + String(link[mark...])).body
      found += body.objects("value")
    }
    return found
  }

  /// Reads the references of all steps from the directory.
  ///
  /// The result has the JSON form that the history API returns.
  fileprivate func references() async throws -> [JSONObject] {
    var references: [JSONObject] = []
    for flowType in FlowType.allCases {
      for flow in try await values("/beta/identity/\(flowType.rawValue)").compactMap({ $0["id"]?.string }) {
        let path = "/beta/identity/\(flowType.rawValue)/\(flow)/apiConnectorConfiguration?$expand="
        let body = try await send(.GET, path + Step.known.map(\.name).joined(separator: ",")).body
        for member in body.members {
          guard let connector = member.value.object, let id = connector["id"]?.string else { continue }
          references.append([
            "flowType": .string(flowType.rawValue), "flowId": .string(flow), "step": .string(member.name),
            "reference": .object([
              "connectorId": .string(id), "displayName": .optional(connector["displayName"]?.string),
              "targetUrl": .optional(connector["targetUrl"]?.string.map { redactedURL($0) }),
            ]),
          ])
        }
      }
    }
    return references
  }
}
