/// Shows on the terminal which part of the history was already searched.
///
/// The progress is shown only if a search needs several requests. This is the case if no index can answer the filter.
struct SearchProgress {
  private let isAscending: Bool
  private var shown: String?

  /// Creates the progress of a search.
  ///
  /// - Parameter isAscending: Whether the search begins with the oldest change.
  init(isAscending: Bool) {
    self.isAscending = isAscending
  }

  /// Shows the time of the last change that was searched. If the time is nil, nothing is shown.
  mutating func show(_ time: String?) {
    guard Terminal.isTerminal, let time else { return }
    let text = isAscending ? "Searched the changes up to \(time) …" : "Searched the changes since \(time) …"
    shown = text
    Terminal.overwrite(text)
  }

  /// Ends the line on the terminal, if a time was shown.
  func end() {
    if let shown { Terminal.overwrite(shown, isLast: true) }
  }
}
