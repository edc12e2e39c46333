/// A description of the files in an evidence pack, which is a folder of files for auditors.
///
/// The log's key signs the manifest, so a reader can check whether a file was altered, removed or added. The signed
/// text is one line of canonical JSON (RFC 8785), as for an ``ExportManifest``.
package struct EvidenceManifest: Hashable, Sendable {
  /// The name of the manifest's file in a pack.
  package static let fileName = "evidence.manifest"
  private static let form = "reflog evidence 1"

  /// A file in an evidence pack.
  package struct File: Hashable, Sendable {
    /// The format of a file.
    ///
    /// The format decides how a verification checks a copy of the file.
    package enum Format: String, Sendable {
      /// CSV with a header row.
      case csv
      /// JSON Lines.
      case jsonl
      /// Any other text.
      case text
    }

    /// The path of the file below the folder of the pack, with `/` between its parts.
    package let name: String
    package let format: Format
    package let byteCount: Int64
    package let sha256: Hash
    /// The number of rows, not counting the header row, or nil for a file without rows.
    package let rows: Int64?
    /// The hash over the header row and all other rows, or nil for a file without rows.
    ///
    /// ``RowHashes`` computes the hash.
    package let rowsSHA256: Hash?

    /// Creates the description of a file.
    package init(name: String, format: Format, byteCount: Int64, sha256: Hash, rows: Int64?, rowsSHA256: Hash?) {
      (self.name, self.format, self.byteCount) = (name, format, byteCount)
      (self.sha256, self.rows, self.rowsSHA256) = (sha256, rows, rowsSHA256)
    }

    fileprivate var json: JSONObject {
      [
        "bytes": .integer(byteCount), "format": .string(format.rawValue), "name": .string(name),
        "rows": .optional(rows), "rowsSha256": .optional(rowsSHA256?.hexadecimal),
        "sha256": .string(sha256.hexadecimal),
      ]
    }

    fileprivate init?(_ json: JSONObject?) {
      guard let json, let name = json["name"]?.string, let format = json["format"]?.string.flatMap(Format.init),
        let byteCount = json["bytes"]?.wholeNumber,
        let sha256 = json["sha256"]?.string.flatMap({ Hash(hexadecimal: $0) })
      else { return nil }
      self.init(
        name: name,
        format: format,
        byteCount: byteCount,
        sha256: sha256,
        rows: json["rows"]?.wholeNumber,
        rowsSHA256: json["rowsSha256"]?.string.flatMap { Hash(hexadecimal: $0) }
      )
    }
  }

  /// The name of the log.
  package let origin: Origin
  /// The period whose changes are in the pack.
  package let period: Period
  /// The flow whose changes are in the pack, or nil if the pack contains the changes of all flows.
  package let flow: String?
  /// All files of the pack except the manifest.
  package let files: [File]
  /// The log's newest checkpoint after the last row was written, or nil if the log had no checkpoint.
  package let checkpoint: String?
  /// When Reflog began to write the pack.
  package let taken: Timestamp
  /// The keys that signed the manifest.
  package private(set) var keys: [String] = []

  /// Creates a manifest.
  package init(
    origin: Origin,
    period: Period,
    flow: String?,
    files: [File],
    checkpoint: String?,
    taken: Timestamp
  ) {
    (self.origin, self.period, self.flow) = (origin, period, flow)
    (self.files, self.checkpoint, self.taken) = (files, checkpoint, taken)
  }

  /// Returns the text to sign.
  package func text() throws(IntegrityError) -> String {
    let object: JSONObject = [
      "checkpoint": .optional(checkpoint), "createdDateTime": .string(taken.description),
      "files": .array(files.map { .object($0.json) }), "flow": .optional(flow),
      "keys": .array(keys.map(JSONValue.string)), "manifest": .string(Self.form), "origin": .string(origin.text),
      "period": .object([
        "from": .string(period.start.description), "name": .string(period.name),
        "until": .string(period.end.description),
      ]),
    ]
    return String(decoding: try object.canonicalBytes(), as: UTF8.self) + "\n"
  }

  /// Reads the text of a manifest.
  ///
  /// - Throws: ``IntegrityError`` for any other text.
  package init(text: String) throws(IntegrityError) {
    guard let object = try? JSONValue(parsing: text.utf8).object, object["manifest"]?.string == Self.form,
      let origin = object["origin"]?.string,
      let period = (object["period"]?.object?["name"]?.string).flatMap({ try? Period($0) }),
      let files = object["files"]?.array,
      let taken = object["createdDateTime"]?.string.flatMap({ Timestamp(parsing: $0) })
    else { throw Self.isNoManifest }
    let known = files.compactMap { File($0.object) }
    guard known.count == files.count, Set(known.map(\.name)).count == files.count else { throw Self.isNoManifest }
    self.init(
      origin: try Origin(origin),
      period: period,
      flow: object["flow"]?.string,
      files: known,
      checkpoint: object["checkpoint"]?.string,
      taken: taken
    )
    keys = object.strings("keys")
  }

  private static let isNoManifest = IntegrityError.malformedNote(problem: "it is not the manifest of a pack")

  /// Returns the manifest as a note that has one signature from each key.
  ///
  /// The text of the note also contains the public keys.
  package func signed(by keys: [SigningKey]) throws(IntegrityError) -> SignedNote {
    var manifest = self
    manifest.keys = keys.map(\.verifierKey.text)
    return try SignedNote(text: try manifest.text(), signedBy: keys)
  }
}
