extension SignedNote {
  /// The known keys that the signatures of a note name.
  package struct Signers: Hashable, Sendable {
    /// The known keys whose signatures match the text.
    package var good: [KeyIdentity] = []
    /// The known keys whose signatures do not match the text.
    package var bad: [KeyIdentity] = []
  }

  /// Returns which of these keys have a valid signature in the note, and which have a false signature.
  ///
  /// Signatures of other keys are ignored.
  package func signers(among keys: [VerifierKey]) -> Signers {
    let message = Array(text.utf8)
    var signers = Signers()
    for signature in signatures {
      let named = keys.filter { $0.identity == signature.key }
      guard !named.isEmpty else { continue }
      if named.contains(where: { $0.isSignature(signature.bytes, of: message) }) {
        signers.good.append(signature.key)
      } else {
        signers.bad.append(signature.key)
      }
    }
    return signers
  }

  /// Verifies the note.
  ///
  /// - Throws: ``IntegrityError`` if none of these keys signed the note, or if a signature that claims to be from one
  ///   of these keys is false.
  package func verify(with keys: [VerifierKey]) throws(IntegrityError) {
    let signers = signers(among: keys)
    if let key = signers.bad.first { throw .badSignature(key: key) }
    guard !signers.good.isEmpty else { throw .noKnownKey(signatures.map(\.key)) }
  }
}
