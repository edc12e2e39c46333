import HTTPTypes
import ReflogModel
import Testing

@testable import ReflogHTTP

struct ProxySettingsTests {
  private static let settings = ProxySettings(
    publicURL: nil,
    trusted: ["127.0.0.0/8", "10.0.0.0/8", "2001:db8:1::/48"].compactMap { AddressBlock($0) },
    scheme: "http"
  )

  private func client(_ peer: String?, _ headers: [(String, String)]) -> ProxySettings.Client {
    var fields = HTTPFields()
    for (name, value) in headers {
      guard let name = HTTPField.Name(name) else { continue }
      fields.append(HTTPField(name: name, value: value))
    }
    return Self.settings.client(peer: peer, fields)
  }

  @Test(arguments: [
    ("203.0.113.9", "203.0.113.9"), ("1.1.1.1, 203.0.113.9, 10.1.2.3", "203.0.113.9"), ("10.9.9.9", "10.9.9.9"),
    ("nonsense, 203.0.113.9", "203.0.113.9"), ("203.0.113.9:4711", "203.0.113.9"),
    ("[2001:DB8:0:0::7]:1", "2001:db8::7"),
    ("203.0.113.9, 2001:db8:1::1", "203.0.113.9"),
  ])
  func theHeaderOfATrustedProxyIdentifiesTheClient(header: String, address: String) {
    let client = client("127.0.0.1", [("X-Forwarded-For", header)])

    #expect(client == ProxySettings.Client(ipAddress: address, scheme: "http"))
  }

  /// Each of these values hides the client's address. So Reflog uses the last address that it could read, and counts
  /// the request as a request with an unreadable address.
  @Test(arguments: [
    [("Forwarded", "x")], [("Forwarded", "")], [("Forwarded", "for=")], [("Forwarded", "for=unknown")],
    [("Forwarded", "for=_hidden")], [("Forwarded", "for=6.6.6.6, for=unknown")], [("Forwarded", "for=6.6.6.6, x")],
    [("Forwarded", "for=6.6.6.6;for=7.7.7.7")], [("Forwarded", "for=\"6.6.6.6")], [("X-Forwarded-For", "<script>")],
    [("X-Forwarded-For", "")], [("X-Forwarded-For", "6.6.6.6,")], [("X-Forwarded-For", "6.6.6.6, fe80::1%eth0")],
    [("X-Forwarded-For", "6.6.6.6 7.7.7.7")],
    [("X-Forwarded-For", "203.0.113.9"), ("Forwarded", "for=6.6.6.6")],
    [("X-Forwarded-For", "203.0.113.9"), ("Forwarded", "for=203.0.113.9")],
  ])
  func anUnreadableClientAddressIsCountedAndReplacedByTheAddressOfTheConnection(headers: [(String, String)]) {
    #expect(
      client("127.0.0.1", headers) == ProxySettings.Client(ipAddress: "127.0.0.1", scheme: "http", isUnreadable: true)
    )
  }

  /// A proxy never writes an invalid `Forwarded` header, so the client wrote this header.
  ///
  /// The proxy wrote the header `X-Forwarded-For`, so Reflog must read `X-Forwarded-For`.
  @Test(arguments: ["x", "for", "=", ";", "for=1.2.3.4, y"])
  func anInvalidForwardedHeaderDoesNotHideTheClientInXForwardedFor(forwarded: String) {
    let client = client("127.0.0.1", [("Forwarded", forwarded), ("X-Forwarded-For", "203.0.113.9")])

    #expect(client == ProxySettings.Client(ipAddress: "203.0.113.9", scheme: "http", isUnreadable: true))
  }

  @Test func theProxyHeaderIsReadUpToAnEntryThatIsNotAnAddress() {
    let client = client("127.0.0.1", [("X-Forwarded-For", "6.6.6.6, unknown, 10.1.2.3")])

    #expect(client == ProxySettings.Client(ipAddress: "10.1.2.3", scheme: "http", isUnreadable: true))
  }

  @Test(
    arguments: [
      ([("X-Forwarded-Proto", "https")], "https", nil), ([("X-Forwarded-Proto", "HTTPS")], "https", nil),
      ([("X-Forwarded-Host", "reflog.example")], "http", "reflog.example"),
      ([("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "a.example:8443")], "https", "a.example:8443"),
      // The client wrote the first value of each header, and the proxy appended the last value.
      ([("X-Forwarded-For", "1.1.1.1, 203.0.113.9"), ("X-Forwarded-Proto", "https, http")], "http", nil),
      // The client used TLS to connect to the first proxy. The first proxy used no TLS to connect to the second proxy.
      ([("X-Forwarded-For", "203.0.113.9, 10.1.2.3"), ("X-Forwarded-Proto", "https, http")], "https", nil),
      ([("X-Forwarded-For", "203.0.113.9, 10.1.2.3"), ("X-Forwarded-Host", "out.example, in")], "http", "out.example"),
      ([("X-Forwarded-For", "203.0.113.9, 10.1.2.3"), ("X-Forwarded-Proto", "https")], "https", nil),
      ([("Forwarded", "for=203.0.113.9;proto=https;host=reflog.example")], "https", "reflog.example"),
      ([("Forwarded", "for=6.6.6.6;proto=https, for=203.0.113.9;proto=http")], "http", nil),
      (
        [("Forwarded", "For=203.0.113.9;Proto=https;By=10.1.1.1;Host=\"[2001:db8::1]:8443\"")], "https",
        "[2001:db8::1]:8443"
      ),
      ([("Forwarded", "proto=https")], "https", nil),
    ] as [([(String, String)], String, String?)]
  )
  func aTrustedProxyDeterminesTheSchemeAndTheHost(headers: [(String, String)], scheme: String, authority: String?) {
    let client = client("127.0.0.1", headers)

    #expect(client.scheme == scheme)
    #expect(client.authority == authority)
    #expect(!client.isUnreadable)
  }

  @Test(arguments: [
    ("X-Forwarded-Proto", "ftp"), ("X-Forwarded-Proto", "https://"), ("X-Forwarded-Host", "evil.example/path"),
    ("X-Forwarded-Host", "user@evil.example"), ("X-Forwarded-Host", "a b"), ("X-Forwarded-Host", "evil\"<script>"),
    ("X-Forwarded-Host", "host:99999"), ("X-Forwarded-Host", ""),
  ])
  func anInvalidSchemeOrHostIsNotUsedAndIsCounted(name: String, value: String) {
    let client = client("127.0.0.1", [(name, value)])

    #expect(client == ProxySettings.Client(ipAddress: "127.0.0.1", scheme: "http", isUnreadable: true))
  }

  @Test(arguments: ["203.0.113.1", "2001:db8:2::1"])
  func forwardingHeadersFromUntrustedPeersAreIgnored(peer: String) {
    let client = client(
      peer,
      [
        ("X-Forwarded-For", "6.6.6.6"), ("Forwarded", "x"), ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "evil"),
      ]
    )

    #expect(client == ProxySettings.Client(ipAddress: peer, scheme: "http"))
  }

  @Test(arguments: [
    ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1"), ("192.0.2.7", "192.0.2.7"),
  ])
  func everySpellingOfAnAddressHasOneForm(peer: String, address: String) {
    #expect(client(peer, []).ipAddress == address)
  }

  @Test(arguments: [
    "a", "reflog.example", "reflog_1:8080", "127.0.0.1:80", "[::1]", "[2001:db8::1]:443", "host:", "a~b-c",
  ])
  func aHostIsValidWithAndWithoutAPort(text: String) {
    #expect(Authority.isValid(text))
  }

  @Test(arguments: [
    "", ":80", "a b", "a/b", "user@a", "a:b", "a:123456", "a:70000", "[::1", "[]", "[a]", "[127.0.0.1]", "::1",
    "a:80:80", "ä",
    "a,b", "a?b", "a#b", "a%20b",
  ])
  func everyInvalidTextIsRefusedAsAHost(text: String) {
    #expect(!Authority.isValid(text))
  }
}
