/// A number in the header of a SQLite file that shows which write-ahead log belongs to the file.
///
/// A server that opens a file stores the salt of the file's write-ahead log in the file's field `user_version`. When
/// the server closes the file completely, it stores 0. So a file that was copied without its log is recognized, and so
/// is a log that belongs to another file. SQLite itself reads such files as if nothing was missing.
struct SessionMark: Hashable, Sendable {
  /// The maximum number of uses of a log during one session.
  ///
  /// SQLite begins to use the log again, with the next salt, when all pages of the log are in the file.
  private static let uses: UInt32 = 1 << 20

  /// The number that the file contains, which is not 0.
  let number: UInt32

  /// Creates a mark from the number in a file, or nil if the number is 0.
  init?(_ number: UInt32) {
    guard number != 0 else { return nil }
    self.number = number
  }

  /// Creates the mark for a log with this salt.
  init(salt: UInt32) {
    number = max(salt, 1)
  }

  /// Returns whether a log with this salt can belong to the file with this mark.
  ///
  /// SQLite adds 1 to the salt whenever it begins to use the log again (sqlite.org/fileformat2, section 4.1).
  func covers(salt: UInt32) -> Bool {
    // The mark of the salt 0 is 1, so the difference may be -1.
    salt &- number &+ 1 <= Self.uses
  }
}
