extension String {
  /// The text, cut where it is longer than a line or two: what is behind that is on the page of its own.
  ///
  /// It is cut by scalars, since a character may have any number of them, and where it weighs more than twice as many bytes on a page.
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

  /// At least the bytes that it is on a page.
  var weightInHTML: Int { unicodeScalars.reduce(0) { $0 + $1.weightInHTML } }
}

extension Unicode.Scalar {
  /// At least the bytes that it is on a page, where some are escaped.
  fileprivate var weightInHTML: Int {
    switch self {
    case "&", "<", ">", "'": 5
    case "\"": 6
    default: max(utf8.count, isASCII ? 1 : 2)
    }
  }
}
