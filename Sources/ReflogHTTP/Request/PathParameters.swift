/// The parameters in a path, for example the id of a flow.
struct PathParameters: Sendable {
  /// The name of the parameter with all segments that match a route's `**`. Its value can end with a slash.
  static let rest = "**"

  private let values: [(name: String, value: String)]

  init(_ values: [(name: String, value: String)] = []) {
    self.values = values
  }

  /// The value of the parameter with this name, or nil if the route has no such parameter.
  subscript(name: String) -> String? { values.first { $0.name == name }?.value }
}
