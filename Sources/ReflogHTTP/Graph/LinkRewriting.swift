import ReflogModel
import ReflogService

/// Rewrites the links in the directory's answers, so that they point to this server.
///
/// The links must point to this server, because a client sends its token to every link that the client follows.
struct LinkRewriting {
  /// The OData annotations that contain a URL (OData JSON Format 4.01 §4.5).
  private static let annotations = ["@odata.context", "@odata.id", "@odata.editLink", "@odata.readLink"]
  /// The annotations with a link that a client follows automatically.
  private static let followed = ["@odata.nextLink", "@odata.deltaLink"]

  private let source: String?
  private let target: String

  /// Creates a value that rewrites links.
  ///
  /// - Parameters:
  ///   - source: The base URL of the directory's links, without a slash at the end, or nil if the directory's answers
  ///     contain no links.
  ///   - target: The base URL of this server, without a slash at the end.
  init(from source: String?, to target: String) {
    self.source = source
    self.target = target
  }

  /// Returns the value of a header, in which each link in angle brackets is rewritten (RFC 8288 §3).
  func rewritten(header: String) -> String {
    guard let source else { return header }
    return header.replacing("<\(source)/", with: "<\(target)/")
  }

  /// Returns a copy of the object in which all links are rewritten.
  ///
  /// Clients follow some links automatically. The method throws an error if such a link points to a host other than the
  /// directory's host.
  func rewritten(_ object: JSONObject) throws(ServiceError) -> JSONObject {
    guard let source else { return object }
    var result: JSONObject = [:]
    for member in object.members {
      result[member.name] =
        if case .string(let url) = member.value, member.name.contains("@odata.") {
          .string(try rewritten(url, of: member.name, from: source))
        } else {
          try rewritten(member.value)
        }
    }
    return result
  }

  private func rewritten(_ value: JSONValue) throws(ServiceError) -> JSONValue {
    switch value {
    case .object(let object): return .object(try rewritten(object))
    case .array(let values):
      var result: [JSONValue] = []
      for value in values { result.append(try rewritten(value)) }
      return .array(result)
    case .null, .bool, .number, .string: return value
    }
  }

  private func rewritten(_ url: String, of name: String, from source: String) throws(ServiceError) -> String {
    let isFollowed = Self.followed.contains { name.hasSuffix($0) }
    guard isFollowed || Self.annotations.contains(where: { name.hasSuffix($0) }) else { return url }
    if url.lowercased().hasPrefix(source.lowercased() + "/") { return target + url.dropFirst(source.count) }
    guard !isFollowed else {
      throw .directoryUnavailable("its answer has a link to another host")
    }
    return url
  }
}
