import Foundation
import ReflogModel

/// An atomic write: the file appears under its name only when its complete content is on disk.
struct WholeFile {
  private let descriptor: FileHandle

  /// Writes a file, and replaces an earlier file that has the same name.
  ///
  /// When the method returns, the file is complete and durable. If the method throws, the earlier file is unchanged.
  ///
  /// - Parameters:
  ///   - path: the path of the file.
  ///   - body: a closure that writes the content.
  static func write(_ path: String, _ body: (WholeFile) async throws -> Void) async throws {
    let type = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
    guard type == nil || type == .typeRegular else {
      throw CommandFailure(
        .refused,
        "\(path) exists and is not a regular file, so it is not replaced. Use another path."
      )
    }
    // The name has a random part. So two writes to the same path at the same time use different partial files.
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

  /// Appends data to the file.
  func write(_ data: Data) throws {
    try descriptor.write(contentsOf: data)
  }

  /// Flushes the folder, so that the file's name is durable.
  ///
  /// If the folder can't be opened, the folder is not flushed. Then the file system decides when the name is durable.
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
