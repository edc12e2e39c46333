/// An address of the Internet Protocol, version 4 or 6.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
  /// The bytes of the address: 4 for version 4, 16 for version 6.
  package let bytes: [UInt8]
  /// The address as text: in decimal for version 4, and in the form of RFC 5952 for version 6.
  ///
  /// Each address has exactly one text.
  package let description: String

  /// Reads an address such as `192.0.2.1` or `2001:db8::1` (RFC 4291 §2.2).
  ///
  /// An IPv4-mapped IPv6 address becomes the IPv4 address. Returns nil for any other text.
  package init?(_ text: some StringProtocol) {
    if let bytes = Self.version4(text) {
      self.bytes = bytes
    } else if let bytes = Self.version6(text) {
      let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10...11].allSatisfy { $0 == 0xFF }
      self.bytes = isMapped ? Array(bytes.suffix(4)) : bytes
    } else {
      return nil
    }
    description =
      self.bytes.count == 4 ? self.bytes.map(String.init).joined(separator: ".") : Self.canonical(self.bytes)
  }

  /// Returns the canonical form of an address of version 6 (RFC 5952 §4).
  ///
  /// Leading zeros are left out, and letters are in lower case. `::` replaces the longest sequence of two or more
  /// groups that are zero. If two sequences have the same length, `::` replaces the first sequence.
  private static func canonical(_ bytes: [UInt8]) -> String {
    let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
    var (zeros, run) = (0..<0, 0..<0)
    for (index, group) in groups.enumerated() {
      run = group == 0 ? (run.upperBound == index ? run.lowerBound : index)..<(index + 1) : index + 1..<index + 1
      if run.count > max(1, zeros.count) { zeros = run }
    }
    func text(_ groups: ArraySlice<UInt16>) -> String {
      groups.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard !zeros.isEmpty else { return text(groups[...]) }
    return text(groups[..<zeros.lowerBound]) + "::" + text(groups[zeros.upperBound...])
  }

  /// Reads an address in the form that a proxy writes, with optional quotes, brackets and port (RFC 7239 §6).
  ///
  /// Returns nil for any other text.
  package init?(forwarded text: some StringProtocol) {
    var node = String(text)
    if node.hasPrefix("\""), node.hasSuffix("\""), node.utf8.count >= 2 { node = String(node.dropFirst().dropLast()) }
    if node.hasPrefix("["), let end = node.firstIndex(of: "]") {
      node = String(node[node.index(after: node.startIndex)..<end])
    } else if node.count(where: { $0 == ":" }) == 1, let colon = node.firstIndex(of: ":") {
      node = String(node[..<colon])
    }
    self.init(node)
  }

  private static func version4(_ text: some StringProtocol) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    let bytes = parts.compactMap { part -> UInt8? in
      let isPlain = !part.isEmpty && part.utf8.allSatisfy(\.isASCIIDigit) && (part.utf8.count == 1 || part.first != "0")
      return isPlain ? UInt8(part) : nil
    }
    return bytes.count == 4 ? bytes : nil
  }

  private static func version6(_ text: some StringProtocol) -> [UInt8]? {
    let halves = String(text).split(separator: "::", omittingEmptySubsequences: false)
    guard (1...2).contains(halves.count) else { return nil }
    guard let head = groups(halves[0]), let tail = halves.count == 2 ? groups(halves[1]) : [] else { return nil }
    let missing = 16 - head.count - tail.count
    guard halves.count == 2 ? missing >= 2 : missing == 0 else { return nil }
    return head + [UInt8](repeating: 0, count: missing) + tail
  }

  private static func groups(_ text: Substring) -> [UInt8]? {
    if text.isEmpty { return [] }
    var bytes: [UInt8] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, let last = version4(part) {
        bytes += last
      } else {
        guard (1...4).contains(part.utf8.count), let group = UInt16(part, radix: 16), part.first != "+" else {
          return nil
        }
        bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
      }
    }
    return bytes.count <= 16 ? bytes : nil
  }
}

/// A block of IP addresses (CIDR, RFC 4632).
///
/// An address is in the block if the address and the block begin with the same bits. `prefix` is the number of bits
/// that must be equal.
package struct AddressBlock: Hashable, Sendable {
  private let address: IPAddress
  private let prefix: Int

  /// Reads a block such as `10.0.0.0/8`, or a single address.
  ///
  /// Returns nil for any other text.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let address = IPAddress(first) else { return nil }
    let bits = address.bytes.count * 8
    guard let prefix = parts.count == 2 ? Int(parts[1]) : bits, (0...bits).contains(prefix) else { return nil }
    self.address = address
    self.prefix = prefix
  }

  /// Returns whether an address is in the block.
  ///
  /// If the address and the block have different IP versions, the address is not in the block.
  package func contains(_ other: IPAddress) -> Bool {
    guard other.bytes.count == address.bytes.count else { return false }
    for (index, (left, right)) in zip(address.bytes, other.bytes).enumerated() {
      let bits = min(8, max(0, prefix - index * 8))
      let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
      if left & mask != right & mask { return false }
    }
    return true
  }
}
