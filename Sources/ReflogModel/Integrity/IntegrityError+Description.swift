extension IntegrityError: CustomStringConvertible {
  /// The error message: the problem, and what the reader can do.
  ///
  /// Control characters in texts from callers and files are replaced, because the message can be shown on a terminal,
  /// which would obey these characters.
  package var description: String {
    switch self {
    case .noWholeNumber(let text):
      "\(text.printable) is not a whole number from -(2^53 - 1) to 2^53 - 1 in its shortest form. Record it as text."
    case .duplicateMember(let name): "The member \(name.printable) occurs twice in one object. Write it only once."
    case .nestedTooDeep:
      "Values are nested deeper than \(JSONValue.maximumDepth) levels. Record a value with fewer levels."

    case .leafOutsideTree(let index, let size):
      "A log of \(size) entries has no entry \(index). Use a checkpoint that is newer than the entry."
    case .treeOutsideTree(let older, let newer):
      "A log of \(newer) entries can't begin with \(older) entries. Give the smaller size first."
    case .frontierMismatch(let size, let hashCount):
      "\(hashCount) hashes can't be the right edge of a tree of \(size) entries. Compute it again from the entries."
    case .inclusionNotProven(let index, let size):
      "The proof does not show that this is entry \(index) of the log of \(size) entries. The entry, the proof or the "
        + "checkpoint was changed. Keep all three as evidence and get new copies."
    case .consistencyNotProven(let older, let newer):
      "The proof does not show that the log of \(newer) entries begins with the log of \(older) entries. History may "
        + "have been rewritten between the two checkpoints. Keep both as evidence."

    case .malformedKeyName(let text):
      "\"\(text.printable)\" is not a valid name of a key. Give a name without white space, plus signs and control "
        + "characters."
    case .malformedVerifierKey(let problem): "The public key can't be read: \(problem). Copy the whole key."
    case .malformedSigningKey(let problem): "The signing key can't be read: \(problem). Restore its file."
    case .unsupportedKey(let type):
      "The key is of kind \(type), but only Ed25519, kind 1, is supported. Give the log's Ed25519 key."
    case .keyIDMismatch(let stated, let key):
      "The key ID \(stated.printable) does not belong to the key \(printable(key)). Copy the whole key."
    case .signingFailed(let key): "The key \(printable(key)) could not sign. Restore its file."
    case .malformedNote(let problem): "The signed note can't be read: \(problem). Get a new copy of the whole note."
    case .badSignature(let key):
      "The signature that claims to be from \(printable(key)) does not match this text. The text or the signature was "
        + "changed. Do not trust them."
    case .noKnownKey(let keys):
      "None of the known keys signed this note. Its signatures claim to be from "
        + "\(keys.map(printable).joined(separator: ", ")). Use the right key."

    case .malformedOrigin(let text):
      "\"\(text.printable)\" is not a valid name of a log. Give a URL without its scheme, such as "
        + "audit.contoso.example/b2c-userflows."
    case .malformedCheckpoint(let problem):
      "The checkpoint can't be read: \(problem). Get a new copy of the whole checkpoint."
    case .originMismatch(let found, let expected):
      "The checkpoint belongs to the log \(found.text.printable), not to \(expected.text.printable). Use a checkpoint "
        + "of \(expected.text.printable)."
    case .malformedTilePath(let path):
      "\(path.printable) is not the path of a tile. Use a path such as tile/0/x001/234 or tile/entries/000.p/5."
    case .malformedBundle(let problem):
      "The entries can't form a bundle: \(problem). Divide them as the log's tiles do."
    case .malformedProof(let problem): "The proof can't be read: \(problem). Get a new copy of the whole proof."
    }
  }

  private func printable(_ key: KeyIdentity) -> String { key.description.printable }
}
