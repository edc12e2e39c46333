import CStorage
import GRDB

/// The settings of every connection.
enum StorageSettings {
  /// Whether a connection may write.
  enum Access {
    case writable, readOnly
  }

  /// The maximum time, in milliseconds, that a connection waits until another process releases a lock.
  static let busyTimeoutMilliseconds: Int32 = 5000
  /// The number of read connections in a pool.
  ///
  /// Four connections are enough for two cores. More connections would need more memory, because every connection has a
  /// separate page cache.
  private static let readers = 4
  /// The maximum size, in bytes, of the WAL file after a checkpoint.
  ///
  /// SQLite keeps this number of bytes in the file, because overwriting bytes is faster than extending a file. If the
  /// WAL is larger, the writer waits a short time for the readers to end, and then resets the WAL.
  static let keptWALBytes = 64 << 20

  /// The size, in KiB, of the page cache of the writer.
  ///
  /// The cache is large enough for the index pages to which new changes are added.
  private static let writerCacheKilobytes = 16 << 10

  /// The size, in KiB, of the page cache of each reader.
  ///
  /// With ten million changes, the inner pages of all tables and indexes have about 10 MB. So the inner pages fit into
  /// this cache.
  private static let readerCacheKilobytes = 12 << 10

  /// Disables SQLite's memory statistics, which Reflog does not use.
  ///
  /// SQLite protects the statistics with one mutex. Without this setting, every memory allocation in every thread would
  /// wait for the mutex.
  private static let disabledMemoryStatistics: Void = storage_disable_memory_statistics()

  /// Returns the configuration of a connection.
  ///
  /// - Parameters:
  ///   - access: Whether the connection can write.
  ///   - keepsLog: Whether the write-ahead log is kept when the connection closes. See ``WriteAheadLog/keepAtClose(_:)``.
  static func configuration(of access: Access, keepsLog: Bool = false) -> Configuration {
    _ = disabledMemoryStatistics
    var configuration = Configuration()
    configuration.readonly = access == .readOnly
    configuration.busyMode = .timeout(Double(busyTimeoutMilliseconds) / 1000)
    configuration.maximumReaderCount = readers
    configuration.prepareDatabase { db in
      // This comes first, because the settings below can already fail with an I/O error.
      if keepsLog { try WriteAheadLog.keepAtClose(Connection(db)) }
      if !db.configuration.readonly {
        // This setting has an effect only before the first table is created.
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

  /// Applies the settings of the writer, then reads all settings and throws if a setting has a wrong value.
  ///
  /// Call this method after the pool is open. GRDB sets `synchronous=NORMAL` when its pool switches to WAL. At that
  /// time, `prepareDatabase` has already run. So only this method can set the final value. With `NORMAL`, a power
  /// failure could undo commits although their callers already got an answer.
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
