extension DirectoryWrite {
  /// The texts in this write that nobody may see again: keys, passwords, certificates, and what stands in the query of a
  /// target URL.
  package var secrets: [String] {
    switch self {
    case .createConnector(let body), .updateConnector(_, let body), .uploadCertificate(_, let body):
      Self.secrets(ofConnector: body)
    case .createFlow(_, _, let body, _), .updateFlow(_, _, let body):
      Self.texts(in: .object(body), named: Self.secretNames)
    case .other(let request):
      (try? JSONValue(parsing: request.body)).map { Self.texts(in: $0, named: Self.secretNames) } ?? []
    case .setReference, .deleteConnector, .deleteFlow: []
    }
  }

  /// Members that hold a secret wherever they stand, in small letters.
  private static let secretNames: Set = ["clientsecret", "password", "pkcs12value", "certificatedata", "secrettext"]

  private static func secrets(ofConnector body: JSONObject) -> [String] {
    body.members.flatMap { member -> [String] in
      switch (member.name.asciiFolded, member.value) {
      case ("displayname", _), ("id", _), ("@odata.type", _): []
      case ("targeturl", .string(let url)): secrets(ofURL: url)
      case (_, let value): texts(in: value, named: nil)
      }
    }.filter { !$0.isEmpty }
  }

  /// The URL itself where something of it may not be shown, and what stands behind `?` and `#`.
  private static func secrets(ofURL url: String) -> [String] {
    guard redactedURL(url) != url else { return [] }
    return [url] + url.split(whereSeparator: { $0 == "?" || $0 == "#" }).dropFirst().map(String.init)
  }

  /// The texts within a value: those of members with such a name, or all but types and user names.
  private static func texts(in value: JSONValue, named names: Set<String>?) -> [String] {
    switch value {
    case .string(let text): return names == nil ? [text] : []
    case .array(let values): return values.flatMap { texts(in: $0, named: names) }
    case .object(let object):
      return object.members.flatMap { member -> [String] in
        let name = member.name.asciiFolded
        guard let names else {
          return name == "@odata.type" || name == "username" ? [] : texts(in: member.value, named: nil)
        }
        return texts(in: member.value, named: names.contains(name) ? nil : names)
      }
    case .null, .bool, .number: return []
    }
  }
}
