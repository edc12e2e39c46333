import Mustache

/// Escapes text for HTML elements and quoted attributes, scalar by scalar.
///
/// Mustache's own escaping compares characters. In Swift, a quote and the combining mark after the quote are one
/// character, and this character is not equal to a quote. So Mustache would not escape that quote.
struct EscapedHTML: MustacheContentType {
  func escapeText(_ text: String) -> String {
    // Most texts need no escaping, so they are returned quickly.
    guard text.utf8.contains(where: Self.mayNeedEscape) else { return text }
    var escaped = String.UnicodeScalarView()
    var marks = CombiningMarks()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
      // These scalars change the direction of text, so a reader could read a line as a different sentence.
      case "\u{061C}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
        escaped.append("\u{FFFD}")
      default: escaped.append(contentsOf: marks.shown(scalar))
      }
      if scalar.isASCII { marks = CombiningMarks() }
    }
    return String(escaped)
  }

  /// Returns true for the five characters to escape, and for the first byte of every scalar from U+0300 upwards.
  ///
  /// All combining marks, and all scalars that change the direction of a line, are at or above U+0300.
  private static func mayNeedEscape(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"), 0xCC...: true
    default: false
    }
  }
}
