/// What is wrong with something that is signed, hashed or proven, or is to be.
package enum IntegrityError: Error, Hashable, Sendable {
  // Canonical bytes.
  case noWholeNumber(String)
  case duplicateMember(name: String)
  case nestedTooDeep

  // The tree.
  case leafOutsideTree(index: Int64, size: Int64)
  case treeOutsideTree(older: Int64, newer: Int64)
  case frontierMismatch(size: Int64, hashCount: Int)
  case inclusionNotProven(index: Int64, size: Int64)
  case consistencyNotProven(older: Int64, newer: Int64)

  // Keys and signatures.
  case malformedKeyName(String)
  case malformedVerifierKey(problem: String)
  /// Says nothing of what the key's text held.
  case malformedSigningKey(problem: String)
  case unsupportedKey(type: UInt8)
  case keyIDMismatch(stated: String, key: KeyIdentity)
  case signingFailed(key: KeyIdentity)
  case malformedNote(problem: String)
  case badSignature(key: KeyIdentity)
  /// These keys signed it, as far as it says.
  case noKnownKey([KeyIdentity])

  // The log.
  case malformedOrigin(String)
  case malformedCheckpoint(problem: String)
  case originMismatch(found: Origin, expected: Origin)
  case malformedTilePath(String)
  case malformedTile(Tile, problem: String)
  case malformedBundle(problem: String)
  case malformedProof(problem: String)
}
