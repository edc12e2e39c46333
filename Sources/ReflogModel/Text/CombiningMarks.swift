/// Limits the number of combining marks on one letter.
///
/// Many marks on one letter form a tall stack, which would cover the lines above and below.
package struct CombiningMarks {
  /// The maximum number of marks on one letter.
  ///
  /// No language needs more than four marks.
  private static let most = 4

  private var count = 0

  /// Creates a limit that has not counted any mark yet.
  package init() {}

  /// Returns the scalars to show for the next scalar of a text.
  ///
  /// Usually the result is the scalar itself. The first mark above the limit is replaced with U+FFFD. All further marks
  /// on the same letter are removed.
  package mutating func shown(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark:
      count += 1
      switch count {
      case ...Self.most: break
      case Self.most + 1: return String.UnicodeScalarView(["\u{FFFD}"])
      default: return String.UnicodeScalarView()
      }
    // A joiner is not a new letter, so the count of marks continues.
    case .format: break
    default: count = 0
    }
    return String.UnicodeScalarView([scalar])
  }
}
