import Foundation
import ReflogModel
import ReflogStorage

/// An atomic write: the file appears under its name only when its complete content is on disk.
struct WholeFile {
  private let descriptor: FileHandle

  /// Writes a file.
  ///
  /// Do not call this method directly. Call ``OutputFiles`` instead, because ``OutputFiles`` checks the path first.
  /// When the method returns, the file is complete and durable. If the method throws, an earlier file is unchanged.
  ///
  /// - Parameters:
  ///   - path: the path of the file.
  ///   - replacing: whether an existing file with the same name is replaced. If the value is false and the file exists,
  ///     the method throws an error.
  ///   - body: a closure that writes the content.
  static func write(_ path: String, replacing: Bool, _ body: (WholeFile) async throws -> Void) async throws {
    // The name has a random part. So two writes to the same path at the same time use different partial files.
    let partial = "\(path).\(GUID.random()).partial"
    let descriptor = open(partial, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw CommandFailure.unwritable(partial) }
    let file = WholeFile(descriptor: FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
    do {
      try await body(file)
      try file.descriptor.synchronize()
      // Another program can create a file at this path while the content is written. So the move checks the path again.
      try replacing ? DurableFile.move(partial, to: path) : DurableFile.moveToNew(partial, to: path)
    } catch {
      unlink(partial)
      throw error
    }
  }

  /// Appends data to the file.
  func write(_ data: Data) throws {
    try descriptor.write(contentsOf: data)
  }
}
