extension SignedNote {
  /// The known keys that signed the note, and those in whose names somebody else did.
  package struct Signers: Hashable, Sendable {
    package var good: [KeyIdentity] = []
    package var bad: [KeyIdentity] = []
  }

  /// Checks every signature that names one of these keys; all others are passed over, as those of keys that are not known.
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

  /// Throws unless one of these keys signed the note, and no signature in the name of one of them is false.
  package func verify(with keys: [VerifierKey]) throws(IntegrityError) {
    let signers = signers(among: keys)
    if let key = signers.bad.first { throw .badSignature(key: key) }
    guard !signers.good.isEmpty else { throw .noKnownKey(signatures.map(\.key)) }
  }
}
