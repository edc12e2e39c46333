import Mustache

/// A view model in the form that templates read: its members by name.
///
/// The members are found by reflection once, when the node is made, and not at each lookup of a template.
final class PageNode: MustacheParent {
  private let members: [String: Any]

  private init(_ mirror: Mirror) {
    var members: [String: Any] = [:]
    for child in mirror.children {
      if let label = child.label { members[label] = Self.value(of: child.value) ?? AbsentValue() }
    }
    self.members = members
  }

  func child(named name: String) -> Any? { members[name] }

  /// Returns a value for a template.
  ///
  /// Texts, numbers and flags stay what they are. An optional becomes its value, or nil. An array becomes an array of
  /// values. Everything else becomes a node.
  static func value(of value: Any) -> Any? {
    switch value {
    case is String, is Bool, is Int, is Int64: return value
    default:
      let mirror = Mirror(reflecting: value)
      switch mirror.displayStyle {
      case .optional: return mirror.children.first.flatMap { Self.value(of: $0.value) }
      case .collection: return mirror.children.compactMap { Self.value(of: $0.value) }
      default: return PageNode(mirror)
      }
    }
  }
}

/// A member without a value.
///
/// It is found under its name, so that the template does not use a member of the same name of the page around it.
private struct AbsentValue: MustacheCustomRenderable {
  var renderText: String { "" }
  var isNull: Bool { true }
}
