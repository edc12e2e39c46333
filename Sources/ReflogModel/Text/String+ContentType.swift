extension String {
  /// Whether the text, as the value of the header `Content-Type`, names a form of JSON.
  ///
  /// This is true for every value that contains `json` in upper or lower case, for example `application/json` and
  /// `application/problem+json; charset=utf-8`.
  package var isContentTypeOfJSON: Bool {
    let type = Array(asciiFolded.utf8)
    return type.indices.contains { type[$0...].starts(with: "json".utf8) }
  }
}
