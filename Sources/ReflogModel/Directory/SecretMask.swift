/// Finds masked values in a body that a caller sends to the directory.
///
/// Microsoft Graph shows a secret as asterisks, and Reflog shows the query of a target URL as `?…`. If a caller sends a
/// masked value back, the mask would replace the true value. So a body with a mask is refused.
package enum SecretMask {
  /// Returns the path of the first masked member, such as `authenticationConfiguration/password`.
  ///
  /// Returns nil if the body has no masked member.
  ///
  /// - Parameters:
  ///   - body: The body of a request.
  ///   - isConnector: Whether the body is a connector. In a connector, every member except the name can be a secret. In
  ///     any other body, only members that have the name of a secret are checked.
  package static func member(in body: JSONObject, isConnector: Bool) -> String? {
    body.members.lazy.compactMap { member in
      isConnector && member.name.isSame(as: "displayName")
        ? nil : path(in: member.value, at: member.name, isSecret: isConnector || isSecretName(member.name))
    }.first
  }

  private static func path(in value: JSONValue, at path: String, isSecret: Bool) -> String? {
    switch value {
    case .string(let text): return isSecret && isMask(text) ? path : nil
    case .array(let values):
      return values.lazy.compactMap { Self.path(in: $0, at: path, isSecret: isSecret) }.first
    case .object(let object):
      return object.members.lazy.compactMap { member in
        Self.path(in: member.value, at: path + "/" + member.name, isSecret: isSecret || isSecretName(member.name))
      }.first
    case .null, .bool, .number: return nil
    }
  }

  private static func isSecretName(_ name: String) -> Bool { DirectoryWrite.secretNames.contains(name.asciiFolded) }

  /// Whether a text is a mask: three or more asterisks or bullets, or a URL in the form of ``redactedURL(_:)``.
  private static func isMask(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    if scalars.count >= 3, scalars.allSatisfy({ "*•●".unicodeScalars.contains($0) }) { return true }
    return hidesAPart(of: text)
  }

  /// Returns whether ``redactedURL(_:)`` has hidden a part of a URL.
  static func hidesAPart(of url: String) -> Bool {
    url.hasSuffix("?…") || url.hasSuffix("#…") || url.contains("//…@")
  }
}
