extension String {
  /// Whether the text contains `json` in upper or lower case.
  ///
  /// Every content type of JSON contains it, for example `application/json` and `application/problem+json`.
  package var mentionsJSON: Bool {
    let type = Array(asciiFolded.utf8)
    return type.indices.contains { type[$0...].starts(with: "json".utf8) }
  }
}
