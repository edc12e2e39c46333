extension DirectoryWrite {
  /// The texts in this write that nobody may see again: keys, passwords, certificates, and what stands in the query of a
  /// target URL.
  package var secrets: [String] {
    switch self {
    case .createConnector(let body), .updateConnector(_, let body), .uploadCertificate(_, let body):
      Self.secrets(of: body)
    case .setReference, .deleteConnector, .createFlow, .updateFlow, .deleteFlow, .other: []
    }
  }

  private static func secrets(of body: JSONObject) -> [String] {
    body.members.flatMap { member -> [String] in
      switch (member.name, member.value) {
      case ("displayName", _), ("id", _), ("@odata.type", _): []
      case ("targetUrl", .string(let url)): secrets(ofURL: url)
      case (_, let value): texts(in: value)
      }
    }.filter { !$0.isEmpty }
  }

  /// The URL itself where something of it may not be shown, and what stands behind `?` and `#`.
  private static func secrets(ofURL url: String) -> [String] {
    guard redactedURL(url) != url else { return [] }
    return [url] + url.split(whereSeparator: { $0 == "?" || $0 == "#" }).dropFirst().map(String.init)
  }

  private static func texts(in value: JSONValue) -> [String] {
    switch value {
    case .string(let text): [text]
    case .array(let values): values.flatMap(texts)
    case .object(let object):
      object.members.filter { $0.name != "@odata.type" && $0.name != "username" }.flatMap { texts(in: $0.value) }
    case .null, .bool, .number: []
    }
  }
}

extension DirectoryAnswer {
  /// The answer without these texts, which a directory may quote where it refuses them.
  package func hiding(_ secrets: [String]) -> DirectoryAnswer {
    guard case .refused(let refusal) = self, !secrets.isEmpty else { return self }
    return .refused(refusal.hiding(secrets))
  }
}

extension DirectoryRefusal {
  fileprivate func hiding(_ secrets: [String]) -> DirectoryRefusal {
    // As they are and as they stand in JSON; the longest first, since one may be a part of another.
    let shown = (secrets + secrets.map { String(JSONValue.string($0).text.dropFirst().dropLast()) })
      .sorted { $0.utf8.count > $1.utf8.count }
    func hide(_ text: String) -> String {
      shown.reduce(text) { $0.replacing($1, with: "…") }
    }
    return DirectoryRefusal(
      httpStatus: httpStatus,
      code: hide(code),
      message: hide(message),
      retryAfter: retryAfter,
      wwwAuthenticate: wwwAuthenticate,
      requestID: requestID,
      isOfOwnCredential: isOfOwnCredential
    )
  }
}
