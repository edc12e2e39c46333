/// The values that a connector had before an edit, and the request that sets these values again.
///
/// Reflog records only two properties of a connector: the name, and the target URL without its query. So the request
/// can be incomplete.
package struct ConnectorRestoration: Sendable {
  /// The connector that was edited.
  package let connector: ConnectorID
  /// The body of the request: the recorded values before the edit.
  ///
  /// The query of the target URL is not recorded. If the URL had a query, the body contains the mask `?…` instead of
  /// the query. Reflog refuses a body with this mask, so a person must replace the mask.
  package let body: JSONObject
  /// The names of the edited properties whose values before the edit are not recorded.
  package let unknown: [String]

  /// Creates the restoration from the properties that an edit wrote. Fails if there are no properties.
  package init?(connector: ConnectorID, properties: [Change.ChangedProperty]) {
    guard !properties.isEmpty else { return nil }
    self.connector = connector
    let recorded = [Change.ChangedProperty.displayNameName, Change.ChangedProperty.targetURLName]
    var body: JSONObject = [:]
    for property in properties where recorded.contains(property.name) {
      body[property.name] = property.before.map { .string($0) }
    }
    self.body = body
    unknown = properties.map(\.name).filter { body[$0] == nil }
  }

  /// Creates the restoration of the values before a change. Fails if the change is not an applied edit of a connector.
  package init?(of change: Change) {
    guard change.intent.subject == .connector, change.result == .applied,
      change.intent.kind == .update || change.intent.kind == .drift,
      let connector = change.intent.before.connectorID, change.after.connectorID == connector
    else { return nil }
    self.init(connector: connector, properties: change.intent.changedProperties ?? [])
  }

  /// The names of the properties in the request.
  package var known: [String] { body.members.map(\.name) }

  /// Whether a part of the target URL before the edit is not recorded.
  package var isURLMasked: Bool { SecretMask.member(in: body, isConnector: true) != nil }

  /// Whether the request restores everything that the edit changed.
  package var isComplete: Bool { unknown.isEmpty && !isURLMasked }

  /// Returns the reason why Reflog can't send the request, and what to do, as a clause.
  ///
  /// The result is nil if the request restores everything that the edit changed.
  ///
  /// - Parameter change: The id of the edit.
  package func obstacle(of change: Change.ID) -> String? {
    guard !isComplete else { return nil }
    let missing =
      (unknown.isEmpty ? [] : ["the values of \(unknown.joined(separator: ", "))"])
      + (isURLMasked ? ["a part of the target URL, such as its query"] : [])
    let request =
      known.isEmpty ? "" : ". `reflog show \(change)` and the page of the change show the request with the other values"
    return "the change does not record \(missing.joined(separator: " and ")). Edit the connector yourself to set them"
      + request
  }

  /// Returns the changes that wrote, or may have written, one or more of the properties that this request writes.
  ///
  /// - Parameter later: Changes of the connector that are later than the edit.
  package func overwriting(_ later: [Change]) -> [Change] {
    later.filter { change in
      guard change.after != .none, let properties = change.intent.changedProperties else { return true }
      return properties.contains { known.contains($0.name) }
    }
  }

  /// The request as a command for a POSIX shell, or nil if no value is recorded.
  ///
  /// The shell reads the token of the caller from the environment variable `REFLOG_TOKEN`. All characters of the
  /// command are ASCII, so a page or a terminal shows each of them, and a person can copy them.
  ///
  /// - Parameters:
  ///   - server: The URL of the server, quoted for the shell, for example `'https://reflog.example'`.
  ///   - change: The id of the edit. The reason of the new edit contains the id.
  package func command(server: String, change: String) -> String? {
    guard !body.members.isEmpty else { return nil }
    let reason = "Restores what change \(change) replaced".percentEncoded()
    let parts = [
      "curl --fail-with-body --request PATCH",
      #"--header "Authorization: Bearer $REFLOG_TOKEN" --header 'Content-Type: application/json'"#,
      "--header 'Reflog-Reason: \(reason)'",
      "--data '\(Self.ascii(JSONValue.object(body).text).replacing("'", with: #"\u0027"#))'",
      "\(server)/beta/identity/apiConnectors/\(connector.text)",
    ]
    return parts.joined(separator: " ")
  }

  /// Returns a JSON text in which an escape (RFC 8259 §7) replaces each scalar that is not printable ASCII.
  private static func ascii(_ json: String) -> String {
    json.unicodeScalars.reduce(into: "") { text, scalar in
      if scalar.value < 0x7F {
        text.unicodeScalars.append(scalar)
      } else {
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          text += #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits
        }
      }
    }
  }
}
