import Testing

extension String {
  /// The text of the page's content, without tags and with single spaces instead of longer white space.
  ///
  /// The tag `<wbr>`, which permits a line break in a word, is removed. Every other tag is replaced by a space.
  var pageText: String {
    if contains("PageNode") { Issue.record("the page shows a view model in place of one of its members") }
    let start = firstRange(of: #"<main id="content" tabindex="-1">"#)?.upperBound ?? startIndex
    let end = firstRange(of: "</main>")?.lowerBound ?? endIndex
    var text = String.UnicodeScalarView()
    var isTag = false
    for scalar in self[start..<end].replacing("<wbr>", with: "").unicodeScalars {
      switch scalar {
      case "<":
        isTag = true
        text.append(" ")
      case ">": isTag = false
      default: if !isTag { text.append(scalar) }
      }
    }
    return String(text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
