/// The texts about exported files and packs that are checked against a manifest.
///
/// In the table, `{}` marks the place of each value that the program inserts into a text.
enum ManifestTexts {
  /// The texts of each file.
  static let all: [String: [String]] = [
    "Manifest/FileReport.swift": [
      "{} failed verification.",
      "{} was saved in another form, for example by a spreadsheet. The content agrees with the manifest.",
    ],
    "Manifest/FormDifference.swift": [
      "byte order mark", "line ends", "empty rows", "empty cells", "changed since: {} {}, the {}.",
    ],
    "Manifest/GivenManifest.swift": [
      "{} does not end in .manifest. Use the path of FILE.manifest in the folder of the exported FILE.",
      "{}: the checkpoint in it failed verification: {}",
      "{} contains no key. Use --key with the log's key, or --database.",
      "A key in {} is not valid: {} Use --key with the log's key.",
      "No --key is given, so the key in the manifest is trusted: {}",
      "The exported file",
      "The pack",
      """
      The files are unaltered since the owner of the log's key signed them. But changes can be missing from the log. \
      To find that, use a checkpoint that you kept earlier: reflog verify --since FILE, on the owner's machine.
      """,
      "The {} files are the pack for {} that was written at {}.",
      "{} is the file that was exported at {}.",
    ],
    "Manifest/ManifestSelection.swift": [
      "match {}",
      "have an entry after position {}",
      "the ledger contained no changes at that time",
      "all changes",
      "only those that {}",
      "{} A condition on a flow also selects the changes of the connectors that the flow called.",
      "the ledger contained no changes of this period at that time",
      "only those of the flow {}, and of the connectors that it called",
      ", until {}, when the period had not ended",
      "The pack contains {} of {}: {}{}.",
    ],
    "Manifest/PackVerification.swift": [
      "Thumbs.db",
      "{}: the file can't be read, so it was not checked.",
      "{}: this is not a name of a file in a pack.",
      "{}: the file is missing.",
      "{}: the file has the content of {}.",
      "{}: the file was altered.",
      "text agrees",
      "the folder can't be read, so it was not checked.",
      "the file is not in the manifest.",
    ],
    "Manifest/RowComparison.swift": [
      "row {} ({})",
      "{} was added.",
      "{} repeats an earlier row.",
      "{} was altered.",
      "{} was moved.",
      "rows agree",
      " below the header",
      "{} rows{}",
      "{} is not the file that was exported at {}: its SHA-256 differs. It has {}, and the exported file has {}.",
      "{}: the file was altered. It has {}, and the written file has {}.",
      "the header is missing.",
      "the row with id {} is missing.",
      "{}: more rows differ.",
      "the header",
      "no id",
      "id {}",
    ],
    "Manifest/ExportVerification.swift": [
      "{} cannot be read: {}.",
      "Row {} was altered.",
      "Row {} is missing.",
      "A row without an id was added.",
      "Row {} was added.",
      "Row {} was added or moved.",
    ],
  ]
}
