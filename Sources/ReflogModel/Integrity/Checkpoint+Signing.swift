extension Checkpoint {
  /// Returns the checkpoint as a note that is signed with each of these keys.
  package func signed(by keys: [SigningKey]) throws(IntegrityError) -> SignedNote {
    try SignedNote(text: text, signedBy: keys)
  }

  /// Verifies and reads a signed checkpoint that must belong to the log with the name `origin`.
  ///
  /// - Throws: ``IntegrityError`` if none of the keys signed the checkpoint, or if the checkpoint belongs to another
  ///   log.
  package init(opening note: SignedNote, of origin: Origin, with keys: [VerifierKey]) throws(IntegrityError) {
    try note.verify(with: keys)
    try self.init(text: note.text)
    guard self.origin == origin else { throw .originMismatch(found: self.origin, expected: origin) }
  }
}
