import ReflogModel
import ReflogService

/// The strong entity tag of the reference at an address (RFC 9110 §8.8.3).
enum EntityTag {
  private static let noConnector = "none"
  private static let connectorPrefix = "connector:"

  /// Returns the entity tag of a reference, with quotes, or nil if the reference is unknown.
  static func tag(of reference: ConnectorReference) -> String? {
    switch reference {
    case .connector(let id, _): "\"\(connectorPrefix)\(id.text.asciiFolded)\""
    case .none: "\"\(noConnector)\""
    case .unknown: nil
    }
  }

  /// Reads an `If-Match` header, which contains `*` or entity tags separated by commas.
  ///
  /// A weak tag never matches a reference. A tag that Reflog did not create is accepted, but the tag never matches a
  /// reference.
  static func precondition(_ header: String) throws(RequestError) -> Precondition {
    let members = header.split(separator: ",").map { String($0).trimmedForHeader[...] }
    if members.count == 1, members[0] == "*" { return .anyConnector }
    var references: [ConnectorReference] = []
    for member in members where !member.isEmpty {
      let strong = member.hasPrefix("W/") ? member.dropFirst(2) : member
      guard strong.count >= 2, strong.hasPrefix("\""), strong.hasSuffix("\"") else {
        throw .badRequest("If-Match must be * or entity tags in quotes, separated by commas.", target: "If-Match")
      }
      if member == strong, let reference = reference(strong.dropFirst().dropLast()) { references.append(reference) }
    }
    guard !members.isEmpty else { throw .badRequest("If-Match is empty.", target: "If-Match") }
    return .oneOf(references)
  }

  private static func reference(_ tag: Substring) -> ConnectorReference? {
    if tag == noConnector { return ConnectorReference.none }
    guard tag.hasPrefix(connectorPrefix), let id = ConnectorID(tag.dropFirst(connectorPrefix.count)) else { return nil }
    return .connector(id, displayName: nil)
  }
}
