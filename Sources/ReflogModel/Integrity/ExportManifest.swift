import Crypto

/// What an exported file holds, signed with the log's key: whoever has both can tell whether the file is still what was taken.
///
/// As a note its text is one line of canonical JSON (RFC 8785): no checkpoint has a text of one line, so no signature of one
/// counts for the other.
package struct ExportManifest: Hashable, Sendable {
  package let origin: Origin
  /// `csv`, `jsonl`, `ocsf` or `asim`.
  package let format: String
  /// `raw` and `excel`, where they were asked for.
  package let options: [String]
  package let filter: String?
  /// The entry behind which it went on; nothing where it was taken from the beginning.
  package let after: Int64?
  package let rows: Int64
  /// Of the newest entries of the changes in it; nothing where it is empty.
  package let firstSequence: Int64?
  package let lastSequence: Int64?
  /// SHA-256 of the file.
  package let sha256: Hash
  /// The newest checkpoint when it began; nothing before the first.
  package let checkpoint: String?
  package let taken: Timestamp

  package init(
    origin: Origin,
    format: String,
    options: [String],
    filter: String?,
    after: Int64?,
    rows: Int64,
    firstSequence: Int64?,
    lastSequence: Int64?,
    sha256: Hash,
    checkpoint: String?,
    taken: Timestamp
  ) {
    self.origin = origin
    self.format = format
    self.options = options
    self.filter = filter
    self.after = after
    self.rows = rows
    self.firstSequence = firstSequence
    self.lastSequence = lastSequence
    self.sha256 = sha256
    self.checkpoint = checkpoint
    self.taken = taken
  }

  /// The text that is signed.
  package func text() throws(IntegrityError) -> String {
    let object: JSONObject = [
      "after": .optional(after), "checkpoint": .optional(checkpoint), "createdDateTime": .string(taken.description),
      "filter": .optional(filter), "firstSequence": .optional(firstSequence), "format": .string(format),
      "lastSequence": .optional(lastSequence), "manifest": "reflog export 1",
      "options": .array(options.map(JSONValue.string)), "origin": .string(origin.text), "rows": .integer(rows),
      "sha256": .string(sha256.hexadecimal),
    ]
    return String(decoding: try object.canonicalBytes(), as: UTF8.self) + "\n"
  }

  /// Reads the text of a manifest.
  package init(text: String) throws(IntegrityError) {
    guard let object = try? JSONValue(parsing: text.utf8).object, object["manifest"]?.string == "reflog export 1",
      let origin = object["origin"]?.string, let format = object["format"]?.string,
      let rows = object["rows"]?.wholeNumber, let sha256 = object["sha256"]?.string.flatMap({ Hash(hexadecimal: $0) }),
      let taken = object["createdDateTime"]?.string.flatMap({ Timestamp(parsing: $0) })
    else { throw .malformedNote(problem: "it is no manifest of an export") }
    self.init(
      origin: try Origin(origin),
      format: format,
      options: (object["options"]?.array ?? []).compactMap(\.string),
      filter: object["filter"]?.string,
      after: object["after"]?.wholeNumber,
      rows: rows,
      firstSequence: object["firstSequence"]?.wholeNumber,
      lastSequence: object["lastSequence"]?.wholeNumber,
      sha256: sha256,
      checkpoint: object["checkpoint"]?.string,
      taken: taken
    )
  }

  /// The manifest as a note, signed with every one of these keys.
  package func signed(by keys: [SigningKey]) throws(IntegrityError) -> SignedNote {
    try SignedNote(text: try text(), signedBy: keys)
  }

  /// Opens a signed manifest; throws unless one of these keys signed it.
  package init(opening note: SignedNote, with keys: [VerifierKey]) throws(IntegrityError) {
    try note.verify(with: keys)
    try self.init(text: note.text)
  }
}

/// Hashes a file as it goes by.
package struct RunningHash: Sendable {
  private var state = SHA256()

  package init() {}

  package mutating func add(_ bytes: [UInt8]) { state.update(data: bytes) }

  package func hash() -> Hash { Hash(state.finalize()) }
}
