import ReflogStorage

/// The threads that write the ledger and the embedded directory.
///
/// A SQLite ledger and the embedded directory share one thread. So a change that writes both files needs no switch to
/// another thread. A thread that writes to PostgreSQL waits for the PostgreSQL server during each transaction. So with
/// a PostgreSQL ledger, the embedded directory has a separate thread, and both threads can write at the same time.
struct WriterThreads {
  let ledger: WriterThread
  let directory: WriterThread

  /// Creates the threads, which are not running yet.
  init(for settings: ServerSettings) {
    ledger = WriterThread()
    if case .postgreSQL = settings.location.database, case .embedded = settings.directory {
      directory = WriterThread()
    } else {
      directory = ledger
    }
  }

  /// All threads, in the order in which they start.
  ///
  /// The threads stop in reverse order. The ledger's thread must stop last, because this thread must still record the
  /// outcomes of the directory's last writes.
  var all: [WriterThread] { directory === ledger ? [ledger] : [ledger, directory] }
}
