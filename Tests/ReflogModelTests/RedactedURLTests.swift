import ReflogModel
import Testing

struct RedactedURLTests {
  @Test(arguments: [
    ("https://a.example/x", "https://a.example/x"),
    ("https://a.example/x?code=1", "https://a.example/x?…"),
    ("https://a.example/x?a=1?b#c", "https://a.example/x?…"),
    ("https://a.example/x#code", "https://a.example/x#…"),
    ("https://a.example/x?\u{301}code=1", "https://a.example/x?…"),
    ("https://user:secret@a.example/x", "https://…@a.example/x"),
    ("https://user:sec@ret@a.example:8443/x@y?z", "https://…@a.example:8443/x@y?…"),
    ("https://user:secret@\u{301}a.example", "https://…@\u{301}a.example"),
    ("https://a.example", "https://a.example"), ("/x@y", "/x@y"), ("", ""), ("?", "?…"),
  ])
  func partsOfAURLThatMayBeSecretsAreNotShown(url: String, shown: String) {
    #expect(redactedURL(url).utf8.elementsEqual(shown.utf8))
  }
}
