import ReflogModel

/// Converts a path to its canonical form.
///
/// The router, the authorization, the log and the ledger all use the canonical form. So two spellings of a path can't
/// have different permissions.
enum CanonicalPath {
  /// Returns the canonical form of a path.
  ///
  /// The method decodes unreserved characters (RFC 3986 §2.3) and `%24`, and replaces `//` by `/`. The method throws an
  /// error if the path contains one of these: a backslash, an encoded slash, an encoded backslash, an encoded percent
  /// sign, an encoded NUL, a segment `.`, or a segment `..`.
  static func canonical(_ path: String) throws(RequestError) -> String {
    guard path.utf8.first == UInt8(ascii: "/") else {
      throw .badRequest("The path must begin with a slash.", target: "path")
    }
    if isCanonical(path) { return path }
    var output: [UInt8] = []
    var bytes = Array(path.utf8)[...]
    while let byte = bytes.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        let digits = bytes.prefix(2)
        guard digits.count == 2, let decoded = UInt8(hexadecimal: digits) else {
          throw .badRequest("A percent sign in the path is not followed by two hexadecimal digits.", target: "path")
        }
        bytes = bytes.dropFirst(2)
        guard !forbiddenWhenEncoded.contains(decoded) else {
          throw .badRequest("The path contains an encoded slash, backslash, percent sign or NUL.", target: "path")
        }
        if decoded.isUnreserved || decoded == UInt8(ascii: "$") {
          output.append(decoded)
        } else {
          output += [byte] + digits
        }
      case UInt8(ascii: "\\"):
        throw .badRequest("The path contains a backslash.", target: "path")
      case UInt8(ascii: "/") where output.last == UInt8(ascii: "/"):
        break
      default:
        output.append(byte)
      }
    }
    let segments = output.split(separator: UInt8(ascii: "/"))
    guard !segments.contains(where: { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }) else {
      throw .badRequest("The path contains the segment '.' or '..'.", target: "path")
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// Returns true if a path is certainly canonical, and so needs no conversion.
  ///
  /// A path is certainly canonical if it has no percent sign, no backslash, no empty segment, and no segment that
  /// begins with a dot.
  private static func isCanonical(_ path: String) -> Bool {
    var path = path
    return path.withUTF8 { bytes in
      var before = UInt8(ascii: " ")
      for byte in bytes {
        if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\") { return false }
        if before == UInt8(ascii: "/"), byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") { return false }
        before = byte
      }
      return true
    }
  }

  private static let forbiddenWhenEncoded: [UInt8] = [0, UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "%")]
}
