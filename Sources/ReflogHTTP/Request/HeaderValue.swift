import ReflogModel

/// Reads the lists and parameters in the value of a header (RFC 9110 §5.6).
extension StringProtocol {
  /// Returns the parts between separators, without white space at the ends of the parts.
  ///
  /// A separator inside a quoted string does not end a part.
  func headerParts(separatedBy separator: UInt8) -> [String] {
    var parts: [String] = []
    var part: [UInt8] = []
    var (isQuoted, isEscaped) = (false, false)
    for byte in utf8 {
      if byte == separator, !isQuoted {
        parts.append(String(decoding: part, as: UTF8.self).trimmedForHeader)
        part = []
        continue
      }
      part.append(byte)
      if isEscaped {
        isEscaped = false
      } else if isQuoted, byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      }
    }
    parts.append(String(decoding: part, as: UTF8.self).trimmedForHeader)
    return parts
  }

  /// Returns the name and the value of `name=value`, or nil if the text has another form.
  ///
  /// The name is in lower case. The quotes of a quoted value are removed.
  var headerParameter: (name: String, value: String)? {
    guard let sign = firstIndex(of: "=") else { return nil }
    let name = String(self[..<sign]).trimmedForHeader.lowercased()
    var value = String(self[index(after: sign)...]).trimmedForHeader
    if value.hasPrefix("\"") {
      guard value.utf8.count >= 2, value.hasSuffix("\"") else { return nil }
      value = Self.unescaped(value.dropFirst().dropLast())
    }
    return name.isEmpty || value.isEmpty ? nil : (name, value)
  }

  private static func unescaped(_ text: Substring) -> String {
    var result = ""
    var isEscaped = false
    for character in text {
      if character == "\\", !isEscaped {
        isEscaped = true
      } else {
        result.append(character)
        isEscaped = false
      }
    }
    return result
  }
}

extension String {
  /// The text without spaces and tabs at its ends.
  var trimmedForHeader: String {
    var text = self[...]
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }
}
