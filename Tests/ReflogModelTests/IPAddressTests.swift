import ReflogModel
import Testing

struct IPAddressTests {
  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:DB8::7", "2001:db8::7"), ("::", "::"),
    ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
    // RFC 5952 §4: every form of an address becomes the same text.
    ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"), ("2001:db8:0:0:0:0:0:1", "2001:db8::1"),
    ("2001:db8::0:1", "2001:db8::1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("0:0:0:0:0:0:0:1", "::1"),
    ("1:0:0:0:0:0:0:0", "1::"), ("0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"), ("1::3:4:5:6:7:8", "1:0:3:4:5:6:7:8"),
    ("64:FF9B::192.0.2.33", "64:ff9b::c000:221"), ("::FFFF:C000:0201", "192.0.2.1"), ("::1.2.3.4", "::102:304"),
  ])
  func addressesAreRead(text: String, shown: String) {
    #expect(IPAddress(text)?.description == shown)
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.-4", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
    "g::",
    "12345::", "localhost", "1.2.3.4 ", "::+1",
  ])
  func invalidTextsAreNotReadAsAddresses(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test(arguments: [
    ("192.0.2.1:4711", "192.0.2.1"), ("[2001:db8::7]:4711", "2001:db8::7"), ("\"[2001:db8::7]\"", "2001:db8::7"),
    ("2001:db8::7", "2001:db8::7"), ("_hidden", nil), ("unknown", nil),
  ])
  func addressesInTheFormsThatProxiesWriteAreRead(text: String, shown: String?) {
    #expect(IPAddress(forwarded: text)?.description == shown)
  }

  @Test(arguments: [
    ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.0/25", "192.0.2.127", true),
    ("192.0.2.0/25", "192.0.2.128", false), ("0.0.0.0/0", "203.0.113.1", true),
    ("2001:db8::/33", "2001:db8:7fff::1", true),
    ("2001:db8::/33", "2001:db8:8000::1", false), ("10.0.0.1", "10.0.0.1", true), ("10.0.0.1", "10.0.0.2", false),
    ("10.0.0.0/8", "::ffff:10.1.1.1", true), ("10.0.0.0/8", "2001:db8::1", false),
  ])
  func aBlockContainsTheAddressesWithItsFirstBits(block: String, address: String, isInside: Bool) throws {
    let block = try #require(AddressBlock(block))
    let address = try #require(IPAddress(address))

    #expect(block.contains(address) == isInside)
  }

  @Test(arguments: ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "x/8"])
  func invalidTextsAreNotReadAsBlocks(text: String) {
    #expect(AddressBlock(text) == nil)
  }
}
