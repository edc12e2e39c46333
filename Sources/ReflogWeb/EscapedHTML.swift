import Mustache

/// Text made safe in HTML, in elements and in quoted attributes, scalar by scalar: the escaping that comes with Mustache goes by
/// characters, and a combining mark behind a quote hides it there.
struct EscapedHTML: MustacheContentType {
  func escapeText(_ text: String) -> String {
    // Most texts are what they are.
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
      // What turns the direction of a line around makes another sentence of it.
      case "\u{061C}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
        escaped.append("\u{FFFD}")
      default: escaped.append(contentsOf: marks.shown(scalar))
      }
      if scalar.isASCII { marks = CombiningMarks() }
    }
    return String(escaped)
  }

  /// One of the five, or the first byte of a mark that turns a line around or stands above or below another letter.
  private static func mayNeedEscape(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"), 0xCC...: true
    default: false
    }
  }
}
