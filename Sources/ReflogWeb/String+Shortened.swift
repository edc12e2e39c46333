extension String {
  /// The text, cut where it is longer than a line or two: what is behind that is on the page of its own.
  func shortened(to count: Int) -> String {
    guard utf8.count > count, let end = index(startIndex, offsetBy: count, limitedBy: endIndex), end < endIndex else {
      return self
    }
    return self[..<end] + "…"
  }
}
