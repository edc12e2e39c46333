import Foundation
import ReflogEvidence
import ReflogModel
import ReflogService

/// The folder or the ZIP file into which a pack is written.
struct PackTarget {
  private let path: String
  private let isReplacing: Bool
  private let files: OutputFiles

  /// Checks a path, and creates the target for this path.
  ///
  /// - Parameters:
  ///   - path: The path of the folder. If the path ends in `.zip`, a ZIP file is written instead of a folder.
  ///   - isReplacing: Whether files in an existing folder, or an existing ZIP file, are replaced.
  ///   - files: The writer of files that protects the ledger's files.
  init(_ path: String, isReplacing: Bool, _ files: OutputFiles) throws {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    (self.path, self.isReplacing, self.files) = (path, isReplacing, files)
    if isZip { try files.check(path, replacing: isReplacing) }
    var isFolder: ObjCBool = false
    guard !isZip, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else {
      throw CommandFailure(.refused, "\(path) exists and is not a folder. Name another folder.")
    }
    guard try isReplacing || FileManager.default.contentsOfDirectory(atPath: path).isEmpty else {
      throw CommandFailure(
        .refused,
        "The folder \(path) is not empty. Name another folder, or use --force to replace its files."
      )
    }
  }

  private var isZip: Bool { path.lowercased().hasSuffix(".zip") }

  /// Writes a pack into the folder or the ZIP file.
  func write(_ pack: EvidencePack<some ExportSource>, taken: Timestamp) async throws {
    guard isZip else { return try await FolderOutput.write(path) { try await pack.write(to: &$0) } }
    try await files.write(path, replacing: isReplacing) { file in
      var output = ZipOutput(FileReceiver(file: file), time: taken)
      try await pack.write(to: &output)
      try await output.finish()
    }
  }

  /// Writes the ZIP file that a server sends. If the target is a folder, the files in the ZIP file are extracted into
  /// it.
  ///
  /// - Parameter receive: Receives the ZIP file from the server, and calls its argument with each piece of the file.
  func write(zip receive: ((Data) throws -> Void) async throws -> Void) async throws {
    guard !isZip else {
      return try await files.write(path, replacing: isReplacing) { file in try await receive(file.write) }
    }
    let temporary = "\(path).\(GUID.random()).zip"
    defer { unlink(temporary) }
    try await files.write(temporary, replacing: false) { file in try await receive(file.write) }
    guard let file = FileHandle(forReadingAtPath: temporary) else { throw CommandFailure.unreadable(temporary) }
    try await FolderOutput.write(path) { try await ZipReader(file).extract(to: &$0) }
  }

  /// Reads the manifest of the pack that was written.
  func manifest() async throws -> EvidenceManifest {
    let name = EvidenceManifest.fileName
    guard isZip else { return try EvidenceManifest(text: try GivenFile(path + "/" + name).note().text) }
    guard let file = FileHandle(forReadingAtPath: path) else { throw CommandFailure.unreadable(path) }
    var output = MemoryOutput()
    try await ZipReader(file).extract(to: &output, only: name)
    return try EvidenceManifest(text: SignedNote(parsing: output.bytes).text)
  }

  /// The message that tells the user how to check the pack.
  var advice: String {
    let manifest = EvidenceManifest.fileName
    return isZip
      ? "Unpack \(path) into an empty folder, and check it there with: \(Suggestion.check(manifest))"
      : "Check it with: \(Suggestion.check(path + (path.hasSuffix("/") ? "" : "/") + manifest))"
  }
}

/// Keeps one file of a pack in memory.
private struct MemoryOutput: EvidenceOutput {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ bytes: [UInt8], to name: String) { self.bytes += bytes }
  mutating func end(_ name: String) {}
  mutating func write(_ bytes: [UInt8], to name: String) { self.bytes += bytes }
}

/// Writes the bytes of a ZIP file into a file.
private struct FileReceiver: ByteReceiver {
  let file: WholeFile

  func receive(_ bytes: [UInt8]) throws { try file.write(Data(bytes)) }
}
