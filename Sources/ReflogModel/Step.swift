/// A step of a user flow.
///
/// The name of a step is the name of a relationship in Graph's `userFlowApiConnectorConfiguration`. A name is
/// `[A-Za-z][A-Za-z0-9]*` and has at most 128 characters. Upper and lower case of ASCII letters count as equal. If
/// Graph's metadata contains the name, the step uses Graph's spelling. All other names keep the given spelling.
package struct Step: Sendable {
  /// The maximum number of characters in a name.
  package static let maximumLength = 128

  package let name: String

  /// Creates a step, or returns nil if the text is not a valid name of a step.
  package init?(_ text: some StringProtocol) {
    guard (1...Self.maximumLength).contains(text.utf8.count) else { return nil }
    var name = String(text)
    let isValid = name.withUTF8 { bytes in
      bytes[0].isASCIILetter && bytes.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit }
    }
    guard isValid else { return nil }
    self.name = Self.known.first { $0.name.isSame(as: name) }?.name ?? name
  }

  private init(known name: String) {
    self.name = name
  }

  package static let postFederationSignup = Step(known: "postFederationSignup")
  package static let postAttributeCollection = Step(known: "postAttributeCollection")
  package static let preTokenIssuance = Step(known: "preTokenIssuance")

  /// The steps in Graph's beta metadata.
  package static let known = [postFederationSignup, postAttributeCollection, preTokenIssuance]
}

extension Step: Hashable, Comparable, CustomStringConvertible {
  /// The name of the step.
  package var description: String { name }

  /// Returns whether two steps have the same name.
  ///
  /// Upper and lower case of ASCII letters count as equal.
  package static func == (left: Step, right: Step) -> Bool { left.name.isSame(as: right.name) }
  /// Returns whether the left step is sorted in front of the right step.
  ///
  /// The function compares the names in lower case.
  package static func < (left: Step, right: Step) -> Bool { left.name.asciiFolded < right.name.asciiFolded }

  /// Hashes the name in lower case, so equal steps have equal hashes.
  package func hash(into hasher: inout Hasher) {
    name.hashFolded(into: &hasher)
  }
}
