import CStorage
import Foundation

/// Reads and writes small files with atomic writes.
///
/// After a crash, a file contains either all of its old bytes or all of its new bytes.
package enum DurableFile {
  /// Returns the bytes of a file, or nil if the file does not exist.
  package static func read(_ path: String) throws(StorageError) -> [UInt8]? {
    guard FileChecks.exists(path) else { return nil }
    guard FileChecks.isPlainFile(path) else { throw .notAPlainFile(path: path, problem: "is a folder or a device") }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unusable(path: path, problem: "it can't be read: \(lastSystemError())")
    }
    return Array(data)
  }

  /// Replaces the contents of a file, or creates the file if it does not exist.
  ///
  /// When this method returns, the bytes are durable. Only the owner of the file can read the file.
  package static func write(_ bytes: [UInt8], to path: String) throws(StorageError) {
    let partial = path + ".partial"
    // The `.partial` file can already exist, because an earlier write was interrupted or because another program
    // created it. Such a file can have wrong permissions or another name (hard link), or it can be a pipe, which would
    // block. So it is removed.
    try remove(partial)
    let file = open(partial, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw failure(path) }
    let failure = writeAll(bytes, to: file, at: path)
    close(file)
    if let failure {
      unlink(partial)
      throw failure
    }
    try move(partial, to: path)
  }

  /// Writes and flushes all bytes, or returns the error.
  ///
  /// A call of `write` can write fewer bytes than requested without an error, for example if the disk becomes full. So
  /// the loop calls `write` again for the remaining bytes. If the disk is full, this call reports the error.
  private static func writeAll(_ bytes: [UInt8], to file: Int32, at path: String) -> StorageError? {
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return failure(path) }
      written += count
    }
    return fsync(file) == 0 ? nil : failure(path)
  }

  /// Returns whether a file exists at a path.
  package static func exists(_ path: String) -> Bool { FileChecks.exists(path) }

  /// Returns whether two paths lead to the same file; links are followed.
  ///
  /// The result is nil if neither path has a file.
  package static func isSame(_ first: String, _ second: String) -> Bool? {
    var (one, other) = (stat(), stat())
    switch (stat(first, &one), stat(second, &other)) {
    case (0, 0): return one.st_dev == other.st_dev && one.st_ino == other.st_ino
    case (0, _), (_, 0): return false
    default: return nil
    }
  }

  /// Renames a file and replaces any file that has the new name.
  ///
  /// When this method returns, the new name is durable.
  package static func move(_ file: String, to path: String) throws(StorageError) {
    guard rename(file, path) == 0 else { throw failure(path) }
    try synchronizeFolder(of: path)
  }

  /// Renames a file, and throws if another file has the new name.
  ///
  /// When this method returns, the new name is durable.
  package static func moveToNew(_ file: String, to path: String) throws(StorageError) {
    guard storage_rename_to_new(file, path) == 0 else { throw failure(path) }
    try synchronizeFolder(of: path)
  }

  private static func synchronizeFolder(of path: String) throws(StorageError) {
    let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failure(path) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw failure(path) }
  }

  /// Renames a file to a name that no other file has, and returns the new path.
  ///
  /// The new name is the old name with `ending` appended. If a file with that name exists, a number is also appended:
  /// `-2`, `-3` and so on. When this method returns, the new name is durable.
  package static func putAside(_ file: String, as ending: String) throws(StorageError) -> String {
    var (path, number) = (file + ending, 1)
    while exists(path) {
      number += 1
      path = "\(file)\(ending)-\(number)"
    }
    try move(file, to: path)
    return path
  }

  /// Removes a file if it exists.
  package static func remove(_ path: String) throws(StorageError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw failure(path) }
  }

  private static func failure(_ path: String) -> StorageError {
    .unusable(path: path, problem: "it can't be written: \(String(cString: strerror(errno)))")
  }

  /// Throws if a user other than the owner has a permission on the file.
  ///
  /// Does nothing if the file does not exist. Call this method before Reflog uses a file that only the owner may read
  /// and write.
  package static func requirePrivate(_ path: String) throws(StorageError) {
    guard isOpenToOthers(path) else { return }
    throw .unusable(
      path: path,
      problem: "other users have permissions on this file. Remove these permissions with chmod 600"
    )
  }

  /// Returns whether every user of this machine can read the file.
  package static func isReadableByAll(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & 0o004 != 0
  }

  /// Returns whether any user other than the owner has a permission on the file.
  package static func isOpenToOthers(_ path: String) -> Bool {
    var information = stat()
    guard stat(path, &information) == 0 else { return false }
    return information.st_mode & 0o077 != 0
  }
}
