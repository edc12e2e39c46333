import Mustache
import ReflogModel

/// Escapes text for HTML elements and quoted attributes, scalar by scalar.
///
/// Mustache's own escaping compares characters. In Swift, a quote and the combining mark after the quote are one
/// character, and this character is not equal to a quote. So Mustache would not escape that quote.
struct EscapedHTML: MustacheContentType {
  func escapeText(_ text: String) -> String {
    // Most texts contain no special characters. This check returns such a text unchanged, which is faster.
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
      // Line breaks and tabs are white space in HTML. A joiner is part of the spelling in Persian, Hindi and other
      // languages. All other hidden scalars could reverse a line, or make two different names look equal.
      case "\n", "\r", "\t", "\u{200C}", "\u{200D}": escaped.append(contentsOf: marks.shown(scalar))
      case _ where scalar.isHidden: escaped.append("\u{FFFD}")
      default: escaped.append(contentsOf: marks.shown(scalar))
      }
      if scalar.isASCII { marks = CombiningMarks() }
    }
    return String(escaped)
  }

  /// Returns whether a byte can be the first byte of a scalar that is escaped, hidden or counted as a combining mark.
  ///
  /// All combining marks are at U+0300 or above. Below U+0300, the hidden scalars are the control characters and
  /// U+00AD.
  private static func mayNeedEscape(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"),
      0x00...0x08, 0x0B, 0x0C, 0x0E...0x1F, 0x7F, 0xC2, 0xCC...:
      true
    default: false
    }
  }
}
