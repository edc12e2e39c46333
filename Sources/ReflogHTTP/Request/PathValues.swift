/// The values of the variable segments of a path, for example the id of a flow.
struct PathValues: Sendable {
  /// The name of the segments that match a route's `**`. Their text can end with a slash.
  static let rest = "**"

  private let values: [(name: String, value: String)]

  init(_ values: [(name: String, value: String)] = []) {
    self.values = values
  }

  /// The value of the segment with this name, or nil if the route has no such segment.
  subscript(name: String) -> String? { values.first { $0.name == name }?.value }
}
