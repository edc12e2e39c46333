import FoundationEssentials
import Glibc

/// Checks the path of a file before SQLite opens the file for writing.
enum FileChecks {
  /// Checks the file at `path`, or creates the file if it does not exist.
  ///
  /// When this method returns, `path` is a plain file without other names (hard links), on a file system with reliable
  /// locks and flushes. If this method created the file, only the owner can read the file, and the file's entry in the
  /// folder is durable.
  static func prepareFile(at path: String) throws(StorageError) {
    try checkPath(path)
    if !isTaken(path) { try make(path) }
    try checkFile(at: path)
  }

  /// Throws if a text can't be the path of a file.
  static func checkPath(_ path: String) throws(StorageError) {
    guard !path.isEmpty, !path.hasPrefix("file:"), !path.utf8.contains(0) else {
      throw .notAPlainFile(path: path, problem: "is not a path")
    }
  }

  /// Checks that `path` is a plain file without other names (hard links), on a file system with reliable locks and
  /// flushes.
  static func checkFile(at path: String) throws(StorageError) {
    try checkPath(path)
    var status = stat()
    guard lstat(path, &status) == 0 else { throw .unusable(path: path, problem: lastSystemError()) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .notAPlainFile(path: path, problem: "is a folder, a link or a device")
    }
    guard status.st_nlink == 1 else {
      throw .notAPlainFile(path: path, problem: "has more than one name (hard links)")
    }
    try refuseUnsafeFileSystem(of: path)
  }

  /// Returns whether a path is a plain file or a link to a plain file.
  static func isPlainFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Returns whether a path is a plain file and not a link.
  static func isPlainFileItself(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Returns the path of the file to which a link points, or the path itself if the path is not a link.
  static func resolved(_ path: String) -> String {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK, let real = realpath(path, nil) else {
      return path
    }
    defer { free(real) }
    return String(cString: real)
  }

  /// Returns whether a file, a folder, a device or a link has this path.
  ///
  /// The result is true for a link whose target is missing.
  static func isTaken(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Creates a file, and flushes the folder, so that the file's entry in the folder is durable.
  private static func make(_ path: String) throws(StorageError) {
    let file = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .unusable(path: path, problem: lastSystemError()) }
    close(file)
    let folder = open(folderPath(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw .unusable(path: path, problem: lastSystemError()) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw .unusable(path: path, problem: lastSystemError()) }
  }

  /// The types of file systems whose locks or flushes are not reliable.
  ///
  /// The types are named as in `/proc/self/mountinfo`.
  ///
  /// A type that starts with `fuse` is refused too.
  private static let unsafeFileSystems = ["nfs", "nfs4", "smb3", "cifs", "smbfs", "9p"]

  /// Throws if the locks or flushes of the file's file system are not reliable.
  private static func refuseUnsafeFileSystem(of path: String) throws(StorageError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .unusable(path: path, problem: lastSystemError()) }
    // The kernel stores the major and the minor device number in one number. Swift can't call glibc's macros `major`
    // and `minor`, so this code extracts the two numbers in the same way as the macros.
    let (number, high) = (status.st_dev, status.st_dev >> 32)
    let device = "\(number >> 8 & 0xFFF | high & ~0xFFF):\(number & 0xFF | number >> 12 & 0xFFFF_FF00)"
    guard let type = fileSystemType(ofDevice: device) else { return }
    if unsafeFileSystems.contains(type) || type.hasPrefix("fuse") { throw .unsafeFileSystem(path: path, name: type) }
  }

  /// Returns the type of the file system on a device, or nil if the type is unknown.
  ///
  /// The source is a line of `/proc/self/mountinfo` (proc(5)): `36 35 98:0 /root /mount rw - ext4 /dev/sda rw`.
  private static func fileSystemType(ofDevice device: String) -> String? {
    // The check only protects against a mistake in the configuration. So the file system is accepted if /proc can't be
    // read.
    guard let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8) else { return nil }
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 2, fields[2] == device, let separator = fields.firstIndex(of: "-") else { continue }
      return fields.indices.contains(separator + 1) ? String(fields[separator + 1]) : nil
    }
    return nil
  }

  /// Returns whether this process can create files in the folder that contains the path.
  static func canWriteFolder(of path: String) -> Bool {
    access(folderPath(of: path), W_OK) == 0
  }

  /// Returns the free space of the file's file system in bytes, or `UInt64.max` if the free space is unknown.
  static func freeBytes(besideFileAt path: String) -> UInt64 {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return .max }
    return UInt64(status.f_bavail) * UInt64(status.f_frsize)
  }

  /// Returns the size of a file in bytes, or nil if the file does not exist.
  static func size(of path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// Returns whether a file exists at a path.
  static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  private static func folderPath(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

/// Returns the text of the system error that `errno` contains.
func lastSystemError() -> String {
  String(cString: strerror(errno))
}
