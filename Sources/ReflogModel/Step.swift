/// A step of a user flow, by the name of its relationship in Graph's `userFlowApiConnectorConfiguration`.
///
/// A name is `[A-Za-z][A-Za-z0-9]*` of at most 128 characters. A name that Graph knows takes Graph's spelling, in
/// whatever case it is written. Other names keep their spelling. Steps are compared without regard to ASCII case.
package struct Step: Sendable {
  /// The most characters of a name.
  package static let maximumLength = 128

  package let name: String

  /// Creates a step, or returns nil if the text is not a name of a step.
  package init?(_ text: some StringProtocol) {
    guard (1...Self.maximumLength).contains(text.utf8.count), text.utf8.first?.isASCIILetter == true,
      text.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit })
    else { return nil }
    let name = String(text)
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
  package var description: String { name }

  /// Returns whether the names of two steps differ at most in ASCII case.
  package static func == (left: Step, right: Step) -> Bool { left.name.isSame(as: right.name) }
  /// Returns whether a step precedes another one by name, in lower case.
  package static func < (left: Step, right: Step) -> Bool { left.name.asciiFolded < right.name.asciiFolded }

  /// Hashes what `==` compares.
  package func hash(into hasher: inout Hasher) {
    name.hashFolded(into: &hasher)
  }
}
