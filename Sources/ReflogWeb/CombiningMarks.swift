/// Limits how many combining marks a letter may carry: a tall stack of them would cover the lines above and below.
struct CombiningMarks {
  /// The most marks on one letter; no language needs more.
  private static let most = 4

  private var count = 0

  /// Returns what to show for the next scalar.
  ///
  /// That is the scalar itself. The first mark above the limit becomes one U+FFFD, and each mark after it is dropped.
  mutating func shown(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark:
      count += 1
      switch count {
      case ...Self.most: break
      case Self.most + 1: return String.UnicodeScalarView(["\u{FFFD}"])
      default: return String.UnicodeScalarView()
      }
    // A joiner is neither a letter nor a mark, so it does not restart the count.
    case .format: break
    default: count = 0
    }
    return String.UnicodeScalarView([scalar])
  }
}
