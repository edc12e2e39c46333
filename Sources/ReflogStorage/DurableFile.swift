import Foundation

/// Small files that are either there whole, or as they were before.
package enum DurableFile {
  /// The bytes of a file; nothing where there is none.
  package static func read(_ path: String) throws(StorageError) -> [UInt8]? {
    guard FileChecks.exists(path) else { return nil }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unusable(path: path, problem: "it can't be read")
    }
    return Array(data)
  }

  /// Puts bytes in place of whatever the file held. When this returns, they are durable; the file's owner alone can read them.
  package static func write(_ bytes: [UInt8], to path: String) throws(StorageError) {
    let partial = path + ".partial"
    let file = open(partial, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw failure(path) }
    let isWritten = bytes.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) } == bytes.count
    let isDurable = isWritten && fsync(file) == 0
    close(file)
    guard isDurable else {
      let failure = failure(path)
      unlink(partial)
      throw failure
    }
    try move(partial, to: path)
  }

  package static func exists(_ path: String) -> Bool { FileChecks.exists(path) }

  /// Gives a file another name, in place of whatever has it. When this returns, that is durable.
  package static func move(_ file: String, to path: String) throws(StorageError) {
    guard rename(file, path) == 0 else { throw failure(path) }
    let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failure(path) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw failure(path) }
  }

  /// Gives a file another name that no file has: with this ending, and a number behind it where there is one. Returns it once that
  /// is durable.
  package static func putAside(_ file: String, as ending: String) throws(StorageError) -> String {
    var (path, number) = (file + ending, 1)
    while exists(path) {
      number += 1
      path = "\(file)\(ending)-\(number)"
    }
    try move(file, to: path)
    return path
  }

  /// Removes a file, if it is there.
  package static func remove(_ path: String) throws(StorageError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw failure(path) }
  }

  private static func failure(_ path: String) -> StorageError {
    .unusable(path: path, problem: "it can't be written: \(String(cString: strerror(errno)))")
  }

  /// Whether others than the file's owner may read it.
  package static func isOpenToOthers(_ path: String) -> Bool {
    var information = stat()
    guard stat(path, &information) == 0 else { return false }
    return information.st_mode & 0o077 != 0
  }
}
