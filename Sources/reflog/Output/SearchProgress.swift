/// Shows on the terminal which part of the history a search has covered.
///
/// A search shows its progress only if the search needs several requests, because no index can answer the filter.
struct SearchProgress {
  private let isAscending: Bool
  private var shown: String?

  /// Creates the progress of a search.
  ///
  /// - Parameter isAscending: true if the search begins with the oldest change.
  init(isAscending: Bool) {
    self.isAscending = isAscending
  }

  /// Shows the time of the last change that was searched; nil shows no text.
  mutating func show(_ time: String?) {
    guard Terminal.isTerminal, let time else { return }
    let text = isAscending ? "Searched the changes up to \(time) …" : "Searched the changes since \(time) …"
    shown = text
    Terminal.overwrite(text)
  }

  /// Ends the line, if a time was shown.
  func end() {
    if let shown { Terminal.overwrite(shown, isLast: true) }
  }
}
