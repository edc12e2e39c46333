/// A number in the header of a SQLite file that shows which write-ahead log belongs to the file.
///
/// A server that opens a file stores the salt of the file's write-ahead log in the file's field `user_version`. When
/// the server closes the file completely, the server stores 0. So Reflog recognizes a file that was copied without its
/// log, and a log that belongs to another file. SQLite would read these files without an error, although data is
/// missing.
struct SessionMark: Hashable, Sendable {
  /// The maximum number of times that SQLite overwrites a log from the start during one session.
  ///
  /// SQLite overwrites a log when all pages of the log were copied into the database file. Each time, the salt of the
  /// log increases by 1.
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
  /// Each time SQLite writes the log again from the start, SQLite adds 1 to the salt (sqlite.org/fileformat2, section
  /// 4.1).
  func covers(salt: UInt32) -> Bool {
    // The mark for a salt of 0 is 1, so the salt can be 1 less than the mark. The addition of 1 avoids a negative
    // difference.
    salt &- number &+ 1 <= Self.uses
  }
}
