/// Finds characters that look alike, to recognize two names that people can confuse.
///
/// The table is small. These characters count as alike:
/// - upper and lower case of a letter
/// - `0` and `O`; `1`, `I` and `l`; `rn` and `m`; `vv` and `w`
/// - Cyrillic, Greek and Armenian letters, and the Latin letters that look like them
/// - full-width, mathematical, circled and Roman-numeral forms of Latin letters and digits
/// - the different dashes, apostrophes and slashes
///
/// Two characters of the same script count as alike only if they are in the first two lines of the list. For example,
/// two Chinese characters that look alike do not count as alike.
enum LookAlikes {
  /// Returns a form of the text that is equal for all texts that look alike.
  ///
  /// Use the result only for comparisons.
  static func shape(of text: String) -> String {
    var shape = ""
    for scalar in text.unicodeScalars {
      let plain = plain(scalar)
      shape += table[plain] ?? plain.properties.lowercaseMapping
    }
    return shape.replacing("rn", with: "m").replacing("vv", with: "w")
  }

  /// Returns the plain form of a character, for example the letter `a` for a circled `a`.
  ///
  /// Full-width, mathematical, circled and Roman-numeral characters have a plain form. All other characters are
  /// returned unchanged.
  private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    let value = scalar.value
    return switch value {
    case 0xFF01...0xFF5E: Unicode.Scalar(value - 0xFEE0) ?? scalar
    case 0x1D400...0x1D6A3: letter((value - 0x1D400) % 52, scalar)
    case 0x1D7CE...0x1D7FF: Unicode.Scalar(0x30 + (value - 0x1D7CE) % 10) ?? scalar
    case 0x24B6...0x24E9: letter(value - 0x24B6, scalar)
    case 0x2160, 0x217C: "l"
    case 0x2164, 0x2174: "v"
    case 0x2169, 0x2179: "x"
    case 0x216C: "L"
    case 0x216D, 0x217D: "c"
    case 0x216E, 0x217E: "d"
    case 0x216F, 0x217F: "m"
    case 0x2170: "i"
    default: scalar
    }
  }

  /// Returns the letter at a position in the 52 letters `A` to `Z` and `a` to `z`.
  private static func letter(_ position: UInt32, _ scalar: Unicode.Scalar) -> Unicode.Scalar {
    Unicode.Scalar(position < 26 ? 0x41 + position : 0x61 + position - 26) ?? scalar
  }

  /// The replacement for each character in ``rows``.
  ///
  /// The key is the character to replace.
  private static let table: [Unicode.Scalar: String] = {
    var table: [Unicode.Scalar: String] = [:]
    for (shape, others) in rows {
      for scalar in others.unicodeScalars { table[scalar] = shape }
    }
    return table
  }()

  /// The replacements: in each row, `shape` replaces every character in `others`, because they look alike.
  private static let rows: [(shape: String, others: String)] = [
    ("a", "\u{410}\u{430}\u{391}\u{3B1}\u{251}"),
    ("b", "\u{412}\u{392}\u{42C}\u{44C}"),
    ("c", "\u{421}\u{441}\u{3F9}\u{3F2}\u{1D04}"),
    ("d", "\u{501}"),
    ("e", "\u{415}\u{435}\u{395}\u{212E}"),
    ("f", "\u{3DC}"),
    ("g", "\u{261}\u{50C}"),
    ("h", "\u{41D}\u{4BB}\u{397}\u{570}"),
    ("i", "\u{456}\u{3B9}\u{131}"),
    ("j", "\u{408}\u{458}"),
    ("k", "\u{41A}\u{43A}\u{39A}\u{3BA}"),
    ("l", "I1|\u{406}\u{399}\u{4C0}\u{4CF}\u{2223}\u{1C0}"),
    ("m", "\u{41C}\u{39C}\u{3FA}"),
    ("n", "\u{39D}\u{3B7}\u{578}\u{43F}"),
    ("o", "0\u{41E}\u{43E}\u{39F}\u{3BF}\u{3C3}\u{585}\u{555}\u{1D0F}"),
    ("p", "\u{420}\u{440}\u{3A1}\u{3C1}"),
    ("q", "\u{51A}\u{51B}"),
    ("r", "\u{433}"),
    ("s", "\u{405}\u{455}\u{A731}\u{54F}"),
    ("t", "\u{422}\u{3A4}\u{3C4}"),
    ("u", "\u{3C5}\u{57D}\u{28B}\u{1D1C}"),
    ("v", "\u{474}\u{475}\u{3BD}\u{1D20}"),
    ("w", "\u{51C}\u{51D}\u{461}\u{1D21}"),
    ("x", "\u{425}\u{445}\u{3A7}\u{3C7}\u{D7}"),
    ("y", "\u{423}\u{443}\u{3A5}\u{4AF}\u{4AE}\u{3B3}"),
    ("z", "\u{396}\u{1D22}"),
    ("3", "\u{417}\u{437}"),
    ("6", "\u{431}"),
    ("-", "\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}\u{2043}"),
    ("'", "\u{2019}\u{2018}`\u{B4}\u{2BC}\u{2032}"),
    (".", "\u{2024}"),
    ("/", "\u{2044}\u{2215}"),
    (":", "\u{2236}"),
  ]
}
