/// Keeps the marks above and below a letter to a few: a tower of them runs over what stands in the lines around it.
struct CombiningMarks {
  /// More than any language puts on a letter.
  private static let most = 4

  private var count = 0

  /// What is shown of the next scalar: itself; of marks that are too many, one U+FFFD and then nothing.
  mutating func shown(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark:
      count += 1
      switch count {
      case ...Self.most: break
      case Self.most + 1: return String.UnicodeScalarView(["\u{FFFD}"])
      default: return String.UnicodeScalarView()
      }
    // What joins letters neither is one nor stands on one.
    case .format: break
    default: count = 0
    }
    return String.UnicodeScalarView([scalar])
  }
}
