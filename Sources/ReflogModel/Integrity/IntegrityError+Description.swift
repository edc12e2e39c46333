extension IntegrityError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noWholeNumber(let text):
      "\(text.printable) is no whole number from -(2^53 - 1) to 2^53 - 1 in its shortest spelling; record it as a text."
    case .duplicateMember(let name): "The member \(name.printable) stands twice in one object; give it once."
    case .nestedTooDeep: "Values are nested more than \(JSONValue.maximumDepth) deep; record less at once."

    case .leafOutsideTree(let index, let size):
      "There is no entry \(index) in a log of \(size) entries; take a checkpoint that is newer than the entry."
    case .treeOutsideTree(let older, let newer):
      "A log of \(newer) entries does not begin with \(older) entries; name the smaller size first."
    case .frontierMismatch(let size, let hashCount):
      "\(hashCount) hashes are not the right edge of a tree of \(size) entries; build it anew from the entries."
    case .inclusionNotProven(let index, let size):
      "The proof does not show this entry at \(index) of the log of \(size) entries; the entry, the proof or the "
        + "checkpoint was changed, so take all three anew and keep these."
    case .consistencyNotProven(let older, let newer):
      "The proof does not show that the log of \(newer) entries begins with that of \(older); keep both checkpoints, "
        + "for history may have been rewritten between them."

    case .malformedKeyName(let text):
      "\"\(text.printable)\" is no name for a key; a name has no white space and no plus, and is not empty."
    case .malformedVerifierKey(let problem): "The public key can't be read, for \(problem); copy it whole."
    case .malformedSigningKey(let problem): "The signing key can't be read, for \(problem); restore its file."
    case .unsupportedKey(let type):
      "The key is of the kind \(type), and only Ed25519, kind 1, is understood; name the log's Ed25519 key."
    case .keyIDMismatch(let stated, let key):
      "The key ID \(stated.printable) is not that of the key \(printable(key)); copy the key whole."
    case .signingFailed(let key): "The key \(printable(key)) could not sign; restore its file."
    case .malformedNote(let problem): "The signed note can't be read, for \(problem); take it anew, whole."
    case .badSignature(let key):
      "The signature in the name of \(printable(key)) is not of this text; one of the two was changed, so do not trust "
        + "either."
    case .noKnownKey(let keys):
      "None of the known keys signed this, but \(keys.map(printable).joined(separator: ", ")); name the right key."

    case .malformedOrigin(let text):
      "\"\(text.printable)\" is no name for a log; a name is a URL without its scheme, such as "
        + "audit.contoso.example/b2c-userflows."
    case .malformedCheckpoint(let problem): "The checkpoint can't be read, for \(problem); take it anew, whole."
    case .originMismatch(let found, let expected):
      "The checkpoint is of the log \(found.text.printable), not of \(expected.text.printable); take one of this log."
    case .malformedTilePath(let path):
      "\(path.printable) is no tile's path; write it as tile/0/x001/234 or tile/entries/000.p/5."
    case .malformedTile(let tile, let problem): "\(tile) can't be read, for \(problem); take it anew, whole."
    case .malformedBundle(let problem):
      "The entries make no bundle, for \(problem); divide them as the log's tiles are."
    case .malformedProof(let problem): "The proof can't be read, for \(problem); take it anew, whole."
    }
  }

  private func printable(_ key: KeyIdentity) -> String { key.description.printable }
}
