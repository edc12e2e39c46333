extension DirectoryWrite {
  /// The secrets in this write: keys, passwords, certificates, and the query of a target URL.
  ///
  /// Reflog must never record or show these texts.
  package var secrets: [String] {
    switch self {
    case .createConnector(let body), .updateConnector(_, let body), .uploadCertificate(_, let body):
      Self.secrets(ofConnector: body)
    case .createFlow(_, _, let body), .updateFlow(_, _, let body):
      Self.texts(in: .object(body), named: Self.secretNames)
    case .other(let request):
      (try? JSONValue(parsing: request.body)).map { Self.texts(in: $0, named: Self.secretNames) } ?? []
    case .setReference, .deleteConnector, .deleteFlow: []
    }
  }

  /// The names of JSON members whose values are secrets.
  ///
  /// The names are in lower case. If the value is an object or an array, all texts in the value are secrets.
  static let secretNames: Set = ["clientsecret", "password", "pkcs12value", "certificatedata", "secrettext"]

  private static func secrets(ofConnector body: JSONObject) -> [String] {
    body.members.flatMap { member -> [String] in
      switch (member.name.asciiFolded, member.value) {
      case ("displayname", _), ("id", _), ("@odata.type", _): []
      case ("targeturl", .string(let url)): secrets(ofURL: url)
      case (_, let value): texts(in: value, named: nil)
      }
    }.filter { !$0.isEmpty }
  }

  /// Returns the secrets in a URL, or an empty list if the URL contains no secrets.
  ///
  /// The secrets are the whole URL, its user and password, its password alone, and the parts after `?` and `#`.
  private static func secrets(ofURL url: String) -> [String] {
    guard redactedURL(url) != url else { return [] }
    return [url] + URLSecrets(url).userTexts
      + url.split(whereSeparator: { $0 == "?" || $0 == "#" }).dropFirst().map(String.init)
  }

  /// Returns the texts in a JSON value and in all values inside it.
  ///
  /// If `names` is not nil, only the texts in members with these names are returned. If `names` is nil, all texts are
  /// returned, except types and user names.
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
