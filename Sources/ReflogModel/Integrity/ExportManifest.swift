/// A description of an exported file.
///
/// The log's key signs the manifest, so a reader can check whether the file was altered. The signed text of a manifest
/// is one line of canonical JSON (RFC 8785). The signed text of a checkpoint has at least three lines. Because no text
/// has both forms, the signature of a checkpoint can't be used as the signature of a manifest.
package struct ExportManifest: Hashable, Sendable {
  /// The name of the log.
  package let origin: Origin
  /// The format of the file: `csv`, `jsonl`, `ocsf` or `asim`.
  package let format: String
  /// The requested options.
  ///
  /// Possible options are `raw`, `excel` and `flowScope=impact`.
  package let options: [String]
  /// The filter, or nil if everything was exported.
  package let filter: String?
  /// The sequence of the log entry after which the export begins.
  ///
  /// The export contains only changes that have an entry with a higher sequence. The value is nil if the export begins
  /// with the first entry.
  package let after: Int64?
  /// The number of rows in the file.
  package let rows: Int64
  /// The lowest value of `sequence` in the file, or nil if the file has no rows.
  package let firstSequence: Int64?
  /// The highest value of `sequence` in the file, or nil if the file has no rows.
  package let lastSequence: Int64?
  /// The SHA-256 of the file.
  package let sha256: Hash
  /// The hash over the rows of the file, or nil if an earlier version of Reflog wrote the manifest.
  ///
  /// ``RowHashes`` computes the hash.
  package let rowsSHA256: Hash?
  /// The log's newest checkpoint when the export began, or nil if the log had no checkpoint yet.
  package let checkpoint: String?
  /// When the export began.
  package let taken: Timestamp
  /// The keys that signed the manifest.
  ///
  /// The list is empty if an earlier version of Reflog signed the manifest.
  ///
  /// If you do not have the log's key from another source, you can check the file with these keys. Such a check finds
  /// damage. It does not find a forgery by a person who also replaced the keys.
  package private(set) var keys: [String] = []

  /// Creates a manifest.
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
    rowsSHA256: Hash? = nil,
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
    self.rowsSHA256 = rowsSHA256
    self.checkpoint = checkpoint
    self.taken = taken
  }

  /// Returns the text to sign.
  package func text() throws(IntegrityError) -> String {
    var object: JSONObject = [
      "after": .optional(after), "checkpoint": .optional(checkpoint), "createdDateTime": .string(taken.description),
      "filter": .optional(filter), "firstSequence": .optional(firstSequence), "format": .string(format),
      "lastSequence": .optional(lastSequence), "manifest": "reflog export 1",
      "options": .array(options.map(JSONValue.string)), "origin": .string(origin.text), "rows": .integer(rows),
      "sha256": .string(sha256.hexadecimal),
    ]
    object["rowsSha256"] = rowsSHA256.map { .string($0.hexadecimal) }
    if !keys.isEmpty { object["keys"] = .array(keys.map(JSONValue.string)) }
    return String(decoding: try object.canonicalBytes(), as: UTF8.self) + "\n"
  }

  /// Reads the text of a manifest.
  ///
  /// - Throws: ``IntegrityError`` for any other text.
  package init(text: String) throws(IntegrityError) {
    guard let object = try? JSONValue(parsing: text.utf8).object, object["manifest"]?.string == "reflog export 1",
      let origin = object["origin"]?.string, let format = object["format"]?.string,
      let rows = object["rows"]?.wholeNumber, let sha256 = object["sha256"]?.string.flatMap({ Hash(hexadecimal: $0) }),
      let taken = object["createdDateTime"]?.string.flatMap({ Timestamp(parsing: $0) })
    else { throw .malformedNote(problem: "it is not the manifest of an export") }
    self.init(
      origin: try Origin(origin),
      format: format,
      options: object.strings("options"),
      filter: object["filter"]?.string,
      after: object["after"]?.wholeNumber,
      rows: rows,
      firstSequence: object["firstSequence"]?.wholeNumber,
      lastSequence: object["lastSequence"]?.wholeNumber,
      sha256: sha256,
      rowsSHA256: object["rowsSha256"]?.string.flatMap { Hash(hexadecimal: $0) },
      checkpoint: object["checkpoint"]?.string,
      taken: taken
    )
    keys = object.strings("keys")
  }

  /// Returns the manifest as a note that has one signature from each key.
  ///
  /// The text of the note also contains the public keys.
  package func signed(by keys: [SigningKey]) throws(IntegrityError) -> SignedNote {
    var manifest = self
    manifest.keys = keys.map(\.verifierKey.text)
    return try SignedNote(text: try manifest.text(), signedBy: keys)
  }
}
