import CStorage
import GRDB

/// How Reflog sets its connections up, and the proof that they took it.
enum StorageSettings {
  enum Access {
    case writable, readOnly
  }

  /// How long a connection waits for a lock of another process.
  static let busyTimeoutMilliseconds: Int32 = 5000
  /// Enough for two cores; every reader holds a page cache of its own.
  private static let readers = 4
  /// What of a WAL is kept as a file once it was read back: beginning anew in it is cheaper than growing it. A larger one is read
  /// back at once.
  static let keptWALBytes = 64 << 20

  /// Enough for the pages of the indexes that changes keep coming to.
  private static let writerCacheKilobytes = 16 << 10

  /// SQLite counts its memory under one mutex that every allocation of every thread takes, and nobody asks for the count.
  private static let disabledMemoryStatistics: Void = storage_disable_memory_statistics()

  static func configuration(of access: Access) -> Configuration {
    _ = disabledMemoryStatistics
    var configuration = Configuration()
    configuration.readonly = access == .readOnly
    configuration.busyMode = .timeout(Double(busyTimeoutMilliseconds) / 1000)
    configuration.maximumReaderCount = readers
    configuration.prepareDatabase { db in
      if !db.configuration.readonly {
        // Takes effect only before the first table is made.
        try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
      }
      try db.execute(
        sql: """
          PRAGMA trusted_schema = OFF;
          PRAGMA cell_size_check = ON;
          PRAGMA mmap_size = 0;
          PRAGMA temp_store = MEMORY;
          PRAGMA wal_autocheckpoint = 0;
          """
      )
    }
    return configuration
  }

  /// Sets what only the writer needs, after the pool is open, and reads everything back.
  ///
  /// GRDB's pool sets `synchronous=NORMAL` once it has switched to WAL, after `prepareDatabase`: a power cut would then
  /// take acknowledged commits with it.
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
