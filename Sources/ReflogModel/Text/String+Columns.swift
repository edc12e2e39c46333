/// The width of a text on a terminal.
extension String {
  /// The number of columns that a terminal needs for this text.
  ///
  /// A wide letter (Chinese, Japanese, Korean, most emoji) needs two columns. A combining mark and a joiner between two
  /// emoji need no column. The text must be printable, see ``printable``.
  package var columns: Int {
    utf8.allSatisfy { $0 < 0x80 } ? utf8.count : unicodeScalars.reduce(0) { $0 + $1.columns }
  }

  /// Returns the text, or a shortened text if the text needs more than `limit` columns.
  ///
  /// A shortened text has the start and the end of the text, with `…` between them. The start and the end are kept,
  /// because ids and addresses often differ only at the start or at the end.
  package func fitted(to limit: Int) -> String {
    guard columns > limit else { return self }
    let end = Self.piece(of: Array(unicodeScalars.reversed()), columns: max(0, (limit - 1) / 2)).reversed()
    var start = Self.piece(of: Array(unicodeScalars), columns: max(0, limit - 1 - end.reduce(0) { $0 + $1.columns }))
    // A joiner at the end of the first piece would join an emoji that is left out. So the joiner is left out too.
    if start.last == "\u{200D}" { start.removeLast() }
    // If a combining mark is at the start of the second piece, its letter is left out. So the mark is left out too.
    var text = String.UnicodeScalarView(start)
    text.append("…")
    text.append(contentsOf: end.drop { $0.columns == 0 })
    return String(text)
  }

  private static func piece(of scalars: [Unicode.Scalar], columns limit: Int) -> ArraySlice<Unicode.Scalar> {
    var width = 0
    let end = scalars.firstIndex { scalar in
      width += scalar.columns
      return width > limit
    }
    return scalars[..<(end ?? scalars.endIndex)]
  }
}

extension Unicode.Scalar {
  /// The number of columns that a terminal needs for this scalar: 0, 1 or 2.
  var columns: Int {
    switch properties.generalCategory {
    // The only format character in a printable text is the joiner between two emoji, which needs no column.
    case .nonspacingMark, .enclosingMark, .format: 0
    default: isWide ? 2 : 1
    }
  }

  /// Whether the scalar is wide or full-width (Unicode Standard Annex 11, `W` and `F`).
  private var isWide: Bool {
    guard value >= 0x1100 else { return false }
    var (low, high) = (0, Self.wide.count)
    while low < high {
      let middle = (low + high) / 2
      if Self.wide[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < Self.wide.count && Self.wide[low].contains(value)
  }

  /// The ranges of wide scalars in ascending order, from EastAsianWidth.txt of Unicode 14.
  ///
  /// A range can also contain marks, and code points that are not assigned.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0...0x23F0, 0x23F3...0x23F3,
    0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653, 0x267F...0x267F, 0x2693...0x2693, 0x26A1...0x26A1,
    0x26AA...0x26AB, 0x26BD...0x26BE, 0x26C4...0x26C5, 0x26CE...0x26CE, 0x26D4...0x26D4, 0x26EA...0x26EA,
    0x26F2...0x26F3, 0x26F5...0x26F5, 0x26FA...0x26FA, 0x26FD...0x26FD, 0x2705...0x2705, 0x270A...0x270B,
    0x2728...0x2728, 0x274C...0x274C, 0x274E...0x274E, 0x2753...0x2755, 0x2757...0x2757, 0x2795...0x2797,
    0x27B0...0x27B0, 0x27BF...0x27BF, 0x2B1B...0x2B1C, 0x2B50...0x2B50, 0x2B55...0x2B55, 0x2E80...0x303E,
    0x3041...0x3247, 0x3250...0x4DBF, 0x4E00...0xA4C6, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAD9,
    0xFE10...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x1B2FB, 0x1F004...0x1F004, 0x1F0CF...0x1F0CF,
    0x1F18E...0x1F18E, 0x1F191...0x1F19A, 0x1F200...0x1F320, 0x1F32D...0x1F335, 0x1F337...0x1F37C,
    0x1F37E...0x1F393, 0x1F3A0...0x1F3CA, 0x1F3CF...0x1F3D3, 0x1F3E0...0x1F3F0, 0x1F3F4...0x1F3F4,
    0x1F3F8...0x1F43E, 0x1F440...0x1F440, 0x1F442...0x1F4FC, 0x1F4FF...0x1F53D, 0x1F54B...0x1F54E,
    0x1F550...0x1F567, 0x1F57A...0x1F57A, 0x1F595...0x1F596, 0x1F5A4...0x1F5A4, 0x1F5FB...0x1F64F,
    0x1F680...0x1F6C5, 0x1F6CC...0x1F6CC, 0x1F6D0...0x1F6D2, 0x1F6D5...0x1F6DF, 0x1F6EB...0x1F6EC,
    0x1F6F4...0x1F6FC, 0x1F7E0...0x1F7F0, 0x1F90C...0x1F93A, 0x1F93C...0x1F945, 0x1F947...0x1F9FF,
    0x1FA70...0x1FAF6, 0x20000...0x3FFFD,
  ]
}
