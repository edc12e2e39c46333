import Mustache

/// A view model in the form that templates read: a dictionary whose keys are the names of the members.
///
/// Reflection is slow, so the members are read by reflection only once, when the node is created. After that, each
/// lookup by a template reads the dictionary.
final class PageNode: MustacheParent {
  private let members: [String: Any]

  private init(_ mirror: Mirror, in zone: PageTimeZone) {
    var members: [String: Any] = [:]
    for child in mirror.children {
      if let label = child.label { members[label] = Self.value(of: child.value, in: zone) ?? AbsentValue() }
    }
    self.members = members
  }

  private init(_ members: [String: Any]) { self.members = members }

  func child(named name: String) -> Any? { members[name] }

  /// Returns a value for a template.
  ///
  /// Texts, numbers and flags are not changed. An optional becomes its value, or nil. An array becomes an array of
  /// values. A moment becomes a node with its texts in a time zone, and a time zone becomes its name. A value of any
  /// other type becomes a node.
  static func value(of value: Any, in zone: PageTimeZone = .utc) -> Any? {
    switch value {
    case is String, is Bool, is Int, is Int64: return value
    case let moment as Moment: return PageNode(moment.shown(in: zone).texts)
    case let zone as PageTimeZone: return zone.name
    default:
      let mirror = Mirror(reflecting: value)
      switch mirror.displayStyle {
      case .optional: return mirror.children.first.flatMap { Self.value(of: $0.value, in: zone) }
      case .collection: return mirror.children.compactMap { Self.value(of: $0.value, in: zone) }
      default: return PageNode(mirror, in: zone)
      }
    }
  }
}

/// A member without a value.
///
/// If a lookup finds no member, Mustache continues the lookup in the surrounding view model. This value ends the
/// lookup, so the template never shows a member of the surrounding view model that happens to have the same name.
private struct AbsentValue: MustacheCustomRenderable {
  var renderText: String { "" }
  var isNull: Bool { true }
}
