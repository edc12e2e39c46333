import CStorage
import GRDB

/// The settings of every connection.
enum StorageSettings {
  /// Whether a connection may write.
  enum Access {
    case writable, readOnly
  }

  /// How long a connection waits for a lock of another process, in milliseconds.
  static let busyTimeoutMilliseconds: Int32 = 5000
  /// The number of readers in a pool, enough for two cores.
  ///
  /// Every reader has its own page cache.
  private static let readers = 4
  /// How many bytes of the WAL's file are kept after a checkpoint.
  ///
  /// Writing to an existing file is cheaper than growing one. If the WAL is larger, the writer waits a moment for the
  /// readers to end and resets it.
  static let keptWALBytes = 64 << 20

  /// The page cache of the writer: it holds the pages of the indexes that new changes are added to.
  private static let writerCacheKilobytes = 16 << 10

  /// The page cache of each reader: it holds the inner pages of the tables and indexes of ten million changes, about 10
  /// MB.
  private static let readerCacheKilobytes = 12 << 10

  /// Disables SQLite's memory statistics, which Reflog does not use.
  ///
  /// SQLite keeps them under one mutex that every allocation of every thread takes.
  private static let disabledMemoryStatistics: Void = storage_disable_memory_statistics()

  /// Returns the configuration of a connection.
  static func configuration(of access: Access) -> Configuration {
    _ = disabledMemoryStatistics
    var configuration = Configuration()
    configuration.readonly = access == .readOnly
    configuration.busyMode = .timeout(Double(busyTimeoutMilliseconds) / 1000)
    configuration.maximumReaderCount = readers
    configuration.prepareDatabase { db in
      if !db.configuration.readonly {
        // This takes effect only before the first table is made.
        try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
      }
      try db.execute(
        sql: """
          PRAGMA trusted_schema = OFF;
          PRAGMA cell_size_check = ON;
          PRAGMA mmap_size = 0;
          PRAGMA temp_store = MEMORY;
          PRAGMA wal_autocheckpoint = 0;
          PRAGMA cache_size = -\(readerCacheKilobytes);
          """
      )
    }
    return configuration
  }

  /// Applies the settings of the writer, after the pool is open, and reads all settings back.
  ///
  /// GRDB's pool sets `synchronous=NORMAL` when it switches to WAL, after `prepareDatabase`. With that value a power
  /// cut would lose acknowledged commits.
  static func apply(toWriter db: Database, path: String) throws {
    try db.execute(
      sql: """
        PRAGMA synchronous = FULL;
        PRAGMA secure_delete = OFF;
        PRAGMA journal_size_limit = \(keptWALBytes);
        PRAGMA cache_size = -\(writerCacheKilobytes);
        """
    )
    let expected = [
      ("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("secure_delete", "0"),
      ("wal_autocheckpoint", "0"), ("trusted_schema", "0"), ("cell_size_check", "1"), ("mmap_size", "0"),
      ("auto_vacuum", "2"),
    ]
    for (name, value) in expected {
      let found = try String.fetchOne(db, sql: "PRAGMA \(name)") ?? "unset"
      guard found == value else {
        throw StorageError.setting(path: path, name: name, expected: value, found: found)
      }
    }
  }
}
