package import ReflogModel

/// The names of the files in an evidence pack.
enum PackedFile {
  static let changes = "changes"
  static let serviceEvents = "service-events"
  static let roles = "roles.csv"
  static let retention = "retention.json"
  static let checkpoint = "checkpoint"
  static let summary = "summary.html"
  static let instruction = "README.txt"
  static let script = "verify.py"
}

extension EvidenceManifest {
  /// The number of changes in the pack.
  package var changeCount: Int64 { files.first { $0.name == PackedFile.changes + ".csv" }?.rows ?? 0 }
}
