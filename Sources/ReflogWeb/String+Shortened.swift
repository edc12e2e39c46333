extension String {
  /// Returns the text, or the start of the text and `…` if the text is too long.
  ///
  /// The start has at most `count` scalars, and at most `2 * count` bytes of HTML. Characters are not counted, because
  /// one character can consist of any number of scalars.
  func shortened(to count: Int) -> String {
    guard utf8.count > count || weightInHTML > 2 * count else { return self }
    var (end, scalars, weight) = (startIndex, 0, 0)
    for scalar in unicodeScalars {
      (scalars, weight) = (scalars + 1, weight + scalar.weightInHTML)
      guard scalars <= count, weight <= 2 * count else { return String(self[..<end]) + "…" }
      end = unicodeScalars.index(after: end)
    }
    return self
  }

  /// An estimate of the size, in bytes, of the text after HTML escaping.
  var weightInHTML: Int { unicodeScalars.reduce(0) { $0 + $1.weightInHTML } }
}

extension Unicode.Scalar {
  /// An estimate of the size, in bytes, of the scalar after HTML escaping.
  fileprivate var weightInHTML: Int {
    switch self {
    case "&", "<", ">", "'": 5
    case "\"": 6
    default: max(utf8.count, isASCII ? 1 : 2)
    }
  }
}
