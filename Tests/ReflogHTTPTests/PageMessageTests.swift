import ReflogTesting
import Testing

/// Tests that a table contains every message that the routes of the pages show.
struct PageMessageTests {
  /// The strings that look like texts, but that no user sees.
  private static let hidden: Set = [
    "public, max-age=31536000, immutable", "text/plain; charset=utf-8", "text/html; charset=utf-8",
    "; Secure", "{}={}; Path={}; Max-Age={}; HttpOnly; SameSite={}", "Strict", "Lax",
    "Sec-Fetch-Site", "Sec-Fetch-Mode", "Content-Security-Policy",
    """
    default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'
    """,
  ]

  @Test func everyMessageIsInTheTable() throws {
    let texts = try SourceTexts.inSwiftFiles(of: "Sources/ReflogHTTP/Pages", except: Self.hidden)

    #expect(Set(texts.keys) == Set(PageMessages.all.keys))
    for (file, expected) in PageMessages.all { #expect(texts[file] == expected, "\(file)") }
  }
}
