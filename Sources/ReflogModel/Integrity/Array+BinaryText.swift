import FoundationEssentials

extension [UInt8] {
  /// Two small hexadecimal digits a byte.
  var hexadecimal: String {
    var digits: [UInt8] = []
    digits.reserveCapacity(2 * count)
    for byte in self { digits.append(hexadecimal: byte) }
    return String(decoding: digits, as: UTF8.self)
  }

  /// Base 64 with padding and in one line (RFC 4648 §4).
  var base64: String { Data(self).base64EncodedString() }

  /// Reads hexadecimal digits, small or capital, two a byte.
  init?(hexadecimal digits: [UInt8]) {
    guard digits.count.isMultiple(of: 2) else { return nil }
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(hexadecimal: digits[$0..<$0 + 2]) }
    guard bytes.count == digits.count / 2 else { return nil }
    self = bytes
  }

  /// Reads Base 64 as ``base64`` writes it, and nothing else: no two texts stand for the same bytes.
  init?(base64 text: [UInt8]) {
    guard let data = Data(base64Encoded: Data(text)), data.base64EncodedData().elementsEqual(text) else { return nil }
    self = Array(data)
  }
}
