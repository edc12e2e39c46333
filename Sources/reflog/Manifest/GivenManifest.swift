import Foundation
import ReflogModel

/// A signed manifest that a person passes to a command.
///
/// The signature of the manifest is already checked.
struct GivenManifest {
  /// The content of the manifest, which describes an exported file or a pack.
  enum Content {
    /// The manifest of an exported file.
    case export(ExportManifest)
    /// The manifest of a pack for auditors.
    case pack(EvidenceManifest)
  }

  /// The path of the manifest.
  let path: String
  let content: Content

  /// Reads a manifest, and checks the signatures of the manifest and of the checkpoint in the manifest.
  ///
  /// - Parameters:
  ///   - path: The path of the manifest, or of the folder of a pack.
  ///   - trusted: The trusted keys. If the list is empty, the keys in the manifest are trusted.
  /// - Throws: A failure if the manifest can't be read or no trusted key signed the manifest.
  init(_ path: String, keys trusted: [VerifierKey]) throws {
    var isFolder: ObjCBool = false
    let isPack = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    let path = isPack ? "\(path.hasSuffix("/") ? String(path.dropLast()) : path)/\(EvidenceManifest.fileName)" : path
    self.path = path
    let file = try GivenFile(path)
    let note = try file.note()
    do { content = try Self.content(note.text) } catch { throw file.unreadable("\(error)") }
    if case .export = content, !path.hasSuffix(".manifest") {
      throw CommandFailure(
        .usage,
        "\(path) does not end in .manifest. Use the path of FILE.manifest in the folder of the exported FILE."
      )
    }
    let keys = try trusted.isEmpty ? Self.keys(in: content, path) : trusted
    do { try note.verify(with: keys) } catch { throw CommandFailure(.unverified, "\(path): \(error)") }
    do {
      if let checkpoint { try SignedNote(parsing: Array(checkpoint.utf8)).verify(with: keys) }
    } catch {
      throw CommandFailure(.unverified, "\(path): the checkpoint in it failed verification: \(error)")
    }
  }

  private static func content(_ text: String) throws -> Content {
    if let manifest = try? EvidenceManifest(text: text) { return .pack(manifest) }
    return .export(try ExportManifest(text: text))
  }

  /// Returns the keys in a manifest, and shows a message that these keys are trusted.
  private static func keys(in content: Content, _ path: String) throws -> [VerifierKey] {
    let texts =
      switch content {
      case .export(let manifest): manifest.keys
      case .pack(let manifest): manifest.keys
      }
    guard !texts.isEmpty else {
      throw CommandFailure(.usage, "\(path) contains no key. Use --key with the log's key, or --database.")
    }
    let keys: [VerifierKey]
    do { keys = try texts.map { try VerifierKey($0) } } catch {
      throw CommandFailure(.unverified, "A key in \(path) is not valid: \(error) Use --key with the log's key.")
    }
    Terminal.say(
      "No --key is given, so the key in the manifest is trusted: \(keys.map(\.text).joined(separator: ", "))"
    )
    return keys
  }

  /// The checkpoint that was the newest when the manifest was written, or nil if there was no checkpoint.
  var checkpoint: String? {
    switch content {
    case .export(let manifest): manifest.checkpoint
    case .pack(let manifest): manifest.checkpoint
    }
  }

  /// The time at which the export or the pack was begun.
  var taken: Timestamp {
    switch content {
    case .export(let manifest): manifest.taken
    case .pack(let manifest): manifest.taken
    }
  }

  /// The first words of a message about the compared files.
  var subject: String {
    switch content {
    case .export: "The exported file"
    case .pack: "The pack"
    }
  }

  /// Compares the files with the manifest, without a ledger.
  func report() throws -> FileReport {
    switch content {
    case .pack(let manifest):
      return try PackVerification(folder: (path as NSString).deletingLastPathComponent.orCurrent, manifest: manifest)
        .run()
    case .export(let manifest): return try ExportVerification(path, manifest).report()
    }
  }

  /// Shows what a comparison without a ledger proves, and what it does not prove.
  ///
  /// `verify.py` in a pack shows the same text.
  func sayLimit() {
    Terminal.say(
      "The files are unaltered since the owner of the log's key signed them. But changes can be missing from the log. "
        + "To find that, use a checkpoint that you kept earlier: reflog verify --since FILE, on the owner's "
        + "machine."
    )
  }

  /// Shows how many changes the compared files contain, and which changes the manifest selects.
  func saySelection() {
    switch content {
    case .pack(let manifest): Terminal.say(manifest.selection)
    case .export(let manifest): Terminal.say("\(ExportVerification(path, manifest).path): \(manifest.selection)")
    }
  }

  /// Shows a message about the files that were compared with the manifest.
  func say() {
    switch content {
    case .pack(let manifest):
      Terminal.say(
        "The \(manifest.files.count) files are the pack for \(manifest.period.name) that was written at \(taken)."
      )
    case .export(let manifest):
      Terminal.say("\(ExportVerification(path, manifest).path) is the file that was exported at \(taken).")
    }
  }
}

extension String {
  /// The path of a folder, or `.` if the path is empty.
  fileprivate var orCurrent: String { isEmpty ? "." : self }
}
