/// The reason why data can't be hashed, signed or proven, or why Reflog refuses a hash, a signature or a proof.
package enum IntegrityError: Error, Hashable, Sendable {
  // Errors about canonical bytes.
  /// The number is not a whole number that canonical JSON permits.
  ///
  /// The associated value is the text of the number.
  case noWholeNumber(String)
  /// Two members of one object have this name.
  case duplicateMember(name: String)
  /// Values are nested deeper than ``JSONValue/maximumDepth`` levels.
  case nestedTooDeep

  // Errors about the Merkle tree.
  /// A tree of this size has no leaf with this index.
  case leafOutsideTree(index: Int64, size: Int64)
  /// The older tree is larger than the newer tree, or the size of the older tree is negative.
  case treeOutsideTree(older: Int64, newer: Int64)
  /// A tree of this size does not have this number of full subtrees.
  case frontierMismatch(size: Int64, hashCount: Int)
  /// The proof does not connect the leaf with the root.
  case inclusionNotProven(index: Int64, size: Int64)
  /// The proof does not connect the roots of the two trees.
  case consistencyNotProven(older: Int64, newer: Int64)

  // Errors about keys and signatures.
  /// This text can't be the name of a key.
  case malformedKeyName(String)
  /// A public key can't be read.
  case malformedVerifierKey(problem: String)
  /// A private key can't be read.
  ///
  /// `problem` contains no part of the key's text.
  case malformedSigningKey(problem: String)
  /// The key is not an Ed25519 key.
  case unsupportedKey(type: UInt8)
  /// The stated key ID does not belong to the key.
  case keyIDMismatch(stated: String, key: KeyIdentity)
  /// The cryptographic library could not sign with the key.
  case signingFailed(key: KeyIdentity)
  /// A signed note can't be read or created.
  case malformedNote(problem: String)
  /// A signature claims to be from this known key, but does not match the text.
  case badSignature(key: KeyIdentity)
  /// None of the known keys signed the note.
  ///
  /// The associated value contains the keys of the signatures, according to the note.
  case noKnownKey([KeyIdentity])

  // Errors about the log.
  /// This text can't be the name of a log.
  case malformedOrigin(String)
  /// The text of a checkpoint can't be read.
  case malformedCheckpoint(problem: String)
  /// The checkpoint belongs to another log.
  case originMismatch(found: Origin, expected: Origin)
  /// This text is not the path of a tile.
  case malformedTilePath(String)
  /// A bundle of these entries can't be created.
  case malformedBundle(problem: String)
  /// A transparency proof can't be read or created.
  case malformedProof(problem: String)
}
