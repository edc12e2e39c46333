extension Checkpoint {
  /// Returns the checkpoint as a note that is signed with each of these keys.
  package func signed(by keys: [SigningKey]) throws(IntegrityError) -> SignedNote {
    try SignedNote(text: text, signedBy: keys)
  }

  /// Opens a signed checkpoint of one log.
  ///
  /// - Throws: ``IntegrityError`` unless one of the log's keys signed it and it names that log.
  package init(opening note: SignedNote, of origin: Origin, with keys: [VerifierKey]) throws(IntegrityError) {
    try note.verify(with: keys)
    try self.init(text: note.text)
    guard self.origin == origin else { throw .originMismatch(found: self.origin, expected: origin) }
  }
}
