import Foundation
import ReflogModel

/// A file that appears under its name only when all of it is on disk.
struct WholeFile {
  private let descriptor: FileHandle

  /// Writes a file in place of any that is there. When this returns, it is whole and durable; if it throws, nothing is there
  /// that was not there before.
  static func write(_ path: String, _ body: (WholeFile) async throws -> Void) async throws {
    let type = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
    guard type == nil || type == .typeRegular else {
      throw CommandFailure(.refused, "\(path) is there already and no plain file, so nothing takes its place.")
    }
    // A name that nobody else's file has.
    let partial = "\(path).\(GUID.random()).partial"
    let descriptor = open(partial, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure(partial) }
    let file = WholeFile(descriptor: FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
    do {
      try await body(file)
      try file.descriptor.synchronize()
      guard rename(partial, path) == 0 else { throw failure(path) }
      synchronizeFolder(of: path)
    } catch {
      unlink(partial)
      throw error
    }
  }

  func write(_ data: Data) throws {
    try descriptor.write(contentsOf: data)
  }

  /// The name is durable with its folder; a folder that can't be flushed leaves it to the file system.
  private static func synchronizeFolder(of path: String) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func failure(_ path: String) -> CommandFailure {
    CommandFailure(.refused, "\(path) can't be written: \(String(cString: strerror(errno))).")
  }
}
