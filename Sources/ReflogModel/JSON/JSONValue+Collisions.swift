extension JSONValue {
  /// The name of a member, anywhere within, that stands twice beside another but for its case: readers differ in which
  /// one they take.
  package var collidingName: String? {
    switch self {
    case .null, .bool, .number, .string: return nil
    case .array(let values): return values.lazy.compactMap(\.collidingName).first
    case .object(let object):
      var seen: Set<String> = []
      if let member = object.members.first(where: { !seen.insert($0.name.asciiFolded).inserted }) { return member.name }
      return object.members.lazy.compactMap { $0.value.collidingName }.first
    }
  }
}
