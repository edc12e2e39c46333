import ReflogModel
import Testing

struct HashTests {
  /// The SHA-256 hash of `abc`, from an example for FIPS 180-4.
  private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

  @Test func theHashFunctionIsSHA256() {
    #expect(Hash(of: Array("abc".utf8)).hexadecimal == abc)
    #expect(MerkleTree.emptyRoot.hexadecimal == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func everyTextFormOfAHashIsReadAsTheSameHash() throws {
    let hash = try #require(Hash(hexadecimal: abc))

    #expect(Hash(bytes: hash.bytes) == hash)
    #expect(Hash(base64: hash.base64) == hash)
    #expect(Hash(hexadecimal: abc.uppercased()) == hash)
    #expect("\(hash)" == abc)
    #expect(hash.base64 == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
    #expect(hash.withUnsafeBytes { Array($0) } == hash.bytes)
  }

  @Test func everyFlippedBitChangesTheHash() throws {
    let hash = Hash(of: [])

    let others = try (0..<256).map { try hash.flipping(bit: $0) }

    #expect(Set(others + [hash]).count == 257)
  }

  @Test func aHashHasExactlyThirtyTwoBytes() {
    #expect(Hash(bytes: [UInt8](repeating: 0, count: 31)) == nil)
    #expect(Hash(bytes: [UInt8](repeating: 0, count: 33)) == nil)
    #expect(Hash(hexadecimal: abc.dropLast()) == nil)
    #expect(Hash(hexadecimal: abc.dropLast() + "g") == nil)
    #expect(Hash(hexadecimal: abc.dropLast(2) + "+1") == nil)
    #expect(Hash(hexadecimal: "") == nil)
  }

  @Test(arguments: [
    "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa1=",
    "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0= ", "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0=",
    "ungWv48Bz+pBQUDeXa4iI7ADYaOW\nF3qctBD/YfIAFa0=", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFQ==", "",
  ])
  func base64IsReadInOneFormOnly(text: String) {
    #expect(Hash(base64: text) == nil)
  }
}
