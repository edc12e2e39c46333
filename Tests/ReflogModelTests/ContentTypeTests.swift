import ReflogModel
import Testing

/// Tests which values of the header `Content-Type` name JSON.
struct ContentTypeTests {
  @Test(arguments: [
    ("application/json", true), ("application/json;odata.metadata=minimal; charset=utf-8", true),
    ("Application/JSON", true), ("application/problem+json", true), ("text/json", true), ("json", true),
    ("", false), ("text/html", false), ("text/html; charset=utf-8", false), ("application/jso", false),
    ("application/octet-stream", false),
  ])
  func everyContentTypeThatContainsJSONIsJSON(contentType: String, isJSON: Bool) {
    #expect(contentType.mentionsJSON == isJSON)
  }
}
