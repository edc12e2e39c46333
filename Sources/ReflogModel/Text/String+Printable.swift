/// Makes texts from callers, from the directory and from files safe to show.
///
/// A name, a reason or an error message can contain characters that control a terminal, add false lines to a log,
/// reverse a line, or are invisible. These properties replace those characters with U+FFFD.
extension String {
  /// The text on one line, safe on a terminal, in a table and in a log.
  ///
  /// Line breaks and tabs are replaced too.
  package var printable: String { shown { !$0.isHidden } }

  /// The text with its line breaks and tabs, safe on a terminal.
  ///
  /// A carriage return is removed in front of a line feed, and is replaced at all other positions. A terminal would
  /// otherwise overwrite the line with the text that follows the carriage return.
  package var printableLines: String {
    replacing("\r\n", with: "\n").shown { $0 == "\n" || $0 == "\t" || !$0.isHidden }
  }

  /// The text, or its start and `…` if it has more than `count` scalars.
  package func limited(to count: Int) -> String {
    // A scalar has at least one byte. So a text with at most `count` bytes is never too long, and no search is needed.
    guard utf8.count > count, let end = unicodeScalars.index(startIndex, offsetBy: count, limitedBy: endIndex),
      end != endIndex
    else { return self }
    return String(unicodeScalars[..<end]) + "…"
  }

  private func shown(_ isShown: (Unicode.Scalar) -> Bool) -> String {
    guard utf8.contains(where: { !(0x20...0x7E).contains($0) }) else { return self }
    var text = String.UnicodeScalarView()
    var marks = CombiningMarks()
    for index in unicodeScalars.indices {
      let scalar = unicodeScalars[index]
      if scalar.isASCII {
        marks = CombiningMarks()
        text.append(isShown(scalar) ? scalar : "\u{FFFD}")
        continue
      }
      let isKept = isShown(scalar) || unicodeScalars.joinsEmoji(at: index)
      if isKept { text.append(contentsOf: marks.shown(scalar)) } else { text.append("\u{FFFD}") }
    }
    return String(text)
  }
}

extension String.UnicodeScalarView {
  /// Returns whether the scalar at an index is a zero-width joiner between two emoji.
  ///
  /// Between two emoji, the joiner is visible: the two emoji become one picture (Unicode Technical Standard 51, emoji
  /// ZWJ sequences). At all other positions, a joiner is invisible.
  fileprivate func joinsEmoji(at index: Index) -> Bool {
    guard self[index] == "\u{200D}" else { return false }
    let next = self.index(after: index)
    guard next != endIndex, self[next].isEmojiPicture else { return false }
    // A variation selector in front of the joiner is skipped, because it only chooses the coloured form of the first
    // emoji.
    let before = self[..<index].last { $0 != "\u{FE0F}" }
    return before?.isEmojiPicture ?? false
  }
}

extension Unicode.Scalar {
  /// Whether this scalar is an emoji and not an ASCII character.
  ///
  /// Unicode also counts digits, `#` and `*` as emoji, because they are part of the emoji for keyboard keys.
  fileprivate var isEmojiPicture: Bool { !isASCII && properties.isEmoji }

  /// Whether this scalar is invisible, or controls a device, the layout of a text or the direction of a text.
  ///
  /// Variation selectors are not hidden, because they only choose the form of the letter in front of them.
  package var isHidden: Bool {
    guard !isASCII else { return !(0x20...0x7E).contains(value) }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default: return properties.isDefaultIgnorableCodePoint && !properties.isVariationSelector
    }
  }
}
