import Foundation
import ReflogEvidence
import ReflogModel
import ReflogStorage

/// Writes a pack into a folder.
///
/// The files are written into a folder with a temporary name. The folder gets its final name when all files are
/// complete.
struct FolderOutput: EvidenceOutput {
  private let folder: String
  private var open: [String: FileHandle] = [:]
  private var names: [String] = []

  /// Writes a pack into a folder, and creates the folder if it does not exist.
  ///
  /// When the method returns, all files are complete and durable. If `body` throws an error, an existing folder is
  /// unchanged.
  ///
  /// - Parameters:
  ///   - path: The path of the folder. If the folder exists, files that have the name of a file in the pack are
  ///     replaced, and all other files are kept.
  ///   - body: A closure that writes the files.
  static func write(_ path: String, _ body: (inout FolderOutput) async throws -> Void) async throws {
    let path = path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path
    let partial = "\(path).\(GUID.random()).partial"
    guard mkdir(partial, 0o700) == 0 else { throw CommandFailure.unwritable(partial) }
    var output = FolderOutput(folder: partial)
    do {
      try await body(&output)
      try output.install(as: path)
    } catch {
      try? FileManager.default.removeItem(atPath: partial)
      throw error
    }
  }

  private init(folder: String) {
    self.folder = folder
  }

  mutating func append(_ bytes: [UInt8], to name: String) throws {
    if open[name] == nil { open[name] = try create(name) }
    try open[name]?.write(contentsOf: bytes)
  }

  mutating func end(_ name: String) throws {
    guard let file = open.removeValue(forKey: name) else { return }
    try file.synchronize()
    try file.close()
    names.append(name)
  }

  mutating func write(_ bytes: [UInt8], to name: String) throws {
    try append(bytes, to: name)
    try end(name)
  }

  private func create(_ name: String) throws -> FileHandle {
    let path = folder + "/" + name
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent,
      withIntermediateDirectories: true
    )
    let descriptor = Foundation.open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw CommandFailure.unwritable(path) }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  /// Gives the temporary folder its final name. If a folder with files has this name, the new files are moved into it.
  private func install(as path: String) throws {
    // If the target is an empty folder, `rmdir` removes the folder. In all other cases, `rmdir` fails and changes
    // nothing.
    rmdir(path)
    guard DurableFile.exists(path) else { return try DurableFile.moveToNew(folder, to: path) }
    for name in names {
      let target = path + "/" + name
      try FileManager.default.createDirectory(
        atPath: (target as NSString).deletingLastPathComponent,
        withIntermediateDirectories: true
      )
      try DurableFile.move(folder + "/" + name, to: target)
    }
    try FileManager.default.removeItem(atPath: folder)
  }
}
