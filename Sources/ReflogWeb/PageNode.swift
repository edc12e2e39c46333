import Mustache

/// A view model as templates look things up in it: its members by name, found once instead of by reflection at each look.
final class PageNode: MustacheParent {
  private let members: [String: Any]

  private init(_ mirror: Mirror) {
    var members: [String: Any] = [:]
    for child in mirror.children {
      if let label = child.label, let value = Self.value(of: child.value) { members[label] = value }
    }
    self.members = members
  }

  func child(named name: String) -> Any? { members[name] }

  /// Texts, numbers and flags as they are, what is missing as nothing, and everything else taken apart.
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
