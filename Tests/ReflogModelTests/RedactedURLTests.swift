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
    ("https:user:secret@a.example/x", "https:…@a.example/x"), ("https:/user:secret@a.example", "https:/…@a.example"),
    (#"https:\\user:secret@a.example"#, #"https:\\…@a.example"#),
    ("HTTPS://user:secret@a.example", "HTTPS://…@a.example"),
    ("https:\t//user:secret@a.example", "https:\t//…@a.example"), ("//user:secret@a.example/x", "//…@a.example/x"),
    ("user:secret@a.example/x", "user:…@a.example/x"), ("user@a.example", "…@a.example"),
    ("https://user:se/cret@a.example/x", "https://…@a.example/x"),
    ("https://user:secret@a@b.example/x@y", "https://…@b.example/x@y"),
    ("https://a.example:8443/x@y", "https://a.example:8443/x@y"), ("https://[::1]:8443/x@y", "https://[::1]:8443/x@y"),
    ("https://user:secret@[::1]/x@y", "https://…@[::1]/x@y"), ("https://a.example/x:y@z", "https://a.example/x:y@z"),
    ("https://a.example", "https://a.example"), ("/x@y", "/x@y"), ("", ""), ("?", "?…"),
  ])
  func partsOfAURLThatCanContainSecretsAreNotShown(url: String, shown: String) {
    #expect(redactedURL(url).utf8.elementsEqual(shown.utf8))
  }
}
