import Testing

@testable import ReflogHTTP

struct AcceptedMediaTypesTests {
  /// The media types that the server offers. The server prefers the first type.
  private static let offered = ["application/json", "text/csv", "application/jsonl"]

  @Test(
    arguments: [
      (nil, "application/json"), ("", "application/json"), ("*/*", "application/json"),
      ("application/*", "application/json"), ("text/*", "text/csv"), ("TEXT/CSV", "text/csv"),
      ("application/json;odata.metadata=none", "application/json"),
      ("text/csv; charset=utf-8; header=present", "text/csv"), ("application/jsonl", "application/jsonl"),
      // The type with the highest weight is chosen, even if it is not the first type in the header.
      ("text/csv, */*;q=0.1", "text/csv"), ("application/json, text/csv;q=0.5", "application/json"),
      ("text/csv;q=0.5, application/json", "application/json"),
      ("text/csv;q=0.2,application/jsonl;q=0.7", "application/jsonl"),
      ("application/json;q=0.001, text/csv;q=0.002", "text/csv"), ("text/csv;Q=0.3 , */* ; q=0.2", "text/csv"),
      // Weight 0 excludes a type, and the most precise range decides the weight.
      ("text/csv;q=0, application/json", "application/json"), ("application/json;q=0, */*", "text/csv"),
      ("text/*;q=0, text/csv;q=0.1, */*;q=0.05", "text/csv"), ("*/*;q=0", nil), ("text/csv;q=0", nil),
      ("*/*, application/json;q=0, text/csv;q=0", "application/jsonl"),
      // If the weights are equal, the more precise range wins. If the ranges are equally precise, the earlier range
      // wins. If the range that wins matches several types, the server selects the type that it prefers.
      ("*/*, text/csv", "text/csv"), ("text/csv, application/json", "text/csv"),
      ("application/json, text/csv", "application/json"), ("text/*, application/*", "text/csv"),
      ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
      ("application/json, text/plain, */*", "application/json"),
      // A comma or semicolon inside quotes does not separate two values.
      ("text/csv;x=\"a,b;q=0\"", "text/csv"), ("text/csv;x=\"a, b\";q=0, application/json", "application/json"),
      // The client accepts none of the offered types, or the header is not valid.
      ("application/xml", nil), ("csv", "application/json"), ("text/csv;q=high, application/json", "application/json"),
      ("text/csv;q=1.5, application/json;q=0.1", "application/json"), ("/csv", "application/json"),
    ] as [(String?, String?)]
  )
  func theMediaTypeThatTheClientPrefersIsChosen(header: String?, type: String?) {
    #expect(AcceptedMediaTypes(header).preferred(among: Self.offered) == type)
  }
}
