/// Returns a URL without the parts that may contain keys, so the URL can be recorded.
///
/// User and password become `…@`. Query and fragment become `?…` or `#…`. The function compares bytes and not
/// characters. Together with a delimiter, a combining mark after the delimiter forms another character. A comparison of
/// characters would therefore miss the delimiter.
package func redactedURL(_ url: String) -> String {
  let bytes = Array(url.utf8)
  let end = bytes.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? bytes.endIndex
  let authority = authority(of: bytes[..<end])
  let at = bytes[authority].lastIndex(of: UInt8(ascii: "@"))
  let hidden = Array("…".utf8)
  let shown =
    bytes[..<authority.lowerBound] + (at == nil ? [] : hidden[...]) + bytes[(at ?? authority.lowerBound)..<end]
    + (end == bytes.endIndex ? [] : [bytes[end]] + hidden)
  return String(decoding: shown, as: UTF8.self)
}

/// Returns the range of user, host and port, between `//` and the next slash.
private func authority(of bytes: ArraySlice<UInt8>) -> Range<Int> {
  let slash = UInt8(ascii: "/")
  let start = zip(bytes.indices, bytes.indices.dropFirst()).first { bytes[$0] == slash && bytes[$1] == slash }
  guard let start = start.map({ $0.1 + 1 }) else { return bytes.startIndex..<bytes.startIndex }
  return start..<(bytes[start...].firstIndex(of: slash) ?? bytes.endIndex)
}
