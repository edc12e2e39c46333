import ReflogModel
import Testing

/// Tests of the rule that decides to which URLs Reflog can send a secret.
struct SecretDestinationTests {
  @Test(arguments: [
    "https://login.microsoftonline.com", "https://login.microsoftonline.com/", "https://a.example:8443/x?y#z",
    "HTTPS://A.EXAMPLE", "https://192.0.2.1", "https://[2001:db8::1]:443/", "http://localhost", "http://localhost:8080",
    "http://localhost/x", "HTTP://LOCALHOST:80", "http://127.0.0.1", "http://127.0.0.1:1/", "http://127.255.255.254",
    "http://[::1]", "http://[::1]:8080/x", "http://[::ffff:127.0.0.1]", "http://[0:0:0:0:0:0:0:1]", "https://localhost",
  ])
  func aSecretCanBeSentOverTLSOrToThisMachine(url: String) {
    #expect(SecretDestination.accepts(url))
  }

  @Test(arguments: [
    "", "https", "https:", "https://", "https:///x", "https:a.example", "https:/a.example", "//a.example", "a.example",
    "ftp://localhost", "file:///x", "javascript:x", "http://a.example", "http://10.0.0.1", "http://0.0.0.0",
    "http://[::]",
    "http://[::2]", "http://[fe80::1]", "http://localhost:x@a.example", "http://localhost@a.example",
    "https://user@a.example", "https://user:password@a.example", "http://localhost:80@a.example", "https://@a.example",
    "http://localhost.a.example", "http://127.0.0.1.evil", "http://127.0.0.1.evil:80/", "http://127.0.0.1@evil",
    "http://localhost.", "http://127.1", "http://2130706433", "http://0x7f.0.0.1", "http://0177.0.0.1",
    "http://127.0.0.01",
    "http://localhost:", "http://localhost:99999", "http://localhost:8x", "http://localhost:-1", "http://[::1",
    "http://[::1]x", "http://[::1]:", "http://[::1%25lo]", "http://[localhost]", "http://[127.0.0.1]", "http://::1",
    #"http://localhost\@a.example"#, #"https:\\a.example"#, "http://localhost\t", " http://localhost",
    "http://localhost/ x",
    "http://localhost\n.a.example", "http://localhost\u{0}", "http://lo\u{AD}calhost", "http://ⓛocalhost",
    "https://ä.example",
    "http://localhost%00.a.example", "http://localhost%2ea.example", "https://a.example|b",
  ])
  func noSecretIsSentToAnyOtherURL(url: String) {
    #expect(!SecretDestination.accepts(url))
  }

  @Test(arguments: [
    ("localhost", true), ("LocalHost", true), ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("[::1]", true),
    ("::ffff:127.0.0.1", true), ("0.0.0.0", false), ("::", false), ("", false), ("127.0.0.1.evil", false),
    ("localhost.", false), ("192.0.2.1", false),
  ])
  func aListenerOnThisMachineIsRecognized(host: String, isLoopback: Bool) {
    #expect(SecretDestination.isLoopback(host) == isLoopback)
  }

  @Test(arguments: [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "169.254.0.1", "169.254.169.254", "224.0.0.1",
    "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::169.254.169.254", "fe80::1",
    "febf::1",
    "ff02::1", "fd00:ec2::254", "FD00:0EC2::00:254", "168.63.129.16", "::ffff:168.63.129.16", "64:ff9b::168.63.129.16",
  ])
  func anAddressThatCanBelongToThisMachineOrItsLinkIsLocal(text: String) throws {
    #expect(SecretDestination.isLocal(try #require(IPAddress(text))))
  }

  @Test(arguments: [
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "192.0.2.1", "169.253.0.1", "126.0.0.1", "128.0.0.1", "2001:db8::1",
    "fd00::1", "fd00:ec2::253", "168.63.129.17",
    "fec0::1", "64:ff9b::192.0.2.1",
  ])
  func anyOtherAddressIsNotLocal(text: String) throws {
    #expect(!SecretDestination.isLocal(try #require(IPAddress(text))))
  }

  @Test(
    arguments: [
      ("https://A.Example:8443/x", "a.example"), ("https://192.0.2.1", "192.0.2.1"),
      ("https://[2001:DB8::1]:443/", "2001:db8::1"),
      ("http://a.example", nil), ("https://user@a.example", nil),
    ] as [(String, String?)]
  )
  func theHostOfAnAcceptedURLIsKnown(url: String, host: String?) {
    #expect(SecretDestination.host(of: url) == host)
  }
}
