import Testing

@testable import ReflogHTTP

struct CanonicalPathTests {
  @Test(arguments: [
    ("/", "/"),
    ("/beta/identity", "/beta/identity"),
    ("/beta//identity", "/beta/identity"),
    ("//beta///identity/", "/beta/identity/"),
    ("/x/%24ref", "/x/$ref"),
    ("/%62eta", "/beta"),
    ("/a%7Eb%2Dc%2ed%5F", "/a~b-c.d_"),
    ("/a%20b", "/a%20b"),
    ("/%c3%a9", "/%c3%a9"),
  ])
  func aPathHasOneCanonicalForm(path: String, canonical: String) throws {
    #expect(try CanonicalPath.canonical(path) == canonical)
  }

  @Test(arguments: [
    "", "beta", "http://x/beta", "/a%2Fb", "/a%2fb", "/a%5Cb", "/a\\b", "/a%00", "/a%252Fb", "/a%25", "/%", "/%2",
    "/%zz",
    "/%+1", "/..", "/a/../b", "/%2e%2e/b", "/.", "/a/%2E/b",
  ])
  func anAmbiguousPathIsRefused(path: String) {
    #expect(throws: RequestError.self) { try CanonicalPath.canonical(path) }
  }
}
