import ReflogStorage

/// The threads that write the ledger and the embedded directory.
///
/// A SQLite ledger shares one thread with the embedded directory, so a change passes from one file to the other without
/// a switch to another thread. A thread that writes to PostgreSQL waits for the server during each transaction, so the
/// embedded directory then has a thread of its own, and both write at the same time.
struct WriterThreads {
  let ledger: WriterThread
  let directory: WriterThread

  /// Creates the threads; they are not running yet.
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
  /// The threads stop in reverse order. The ledger's thread stops last, because the directory's last writes still
  /// have outcomes.
  var all: [WriterThread] { directory === ledger ? [ledger] : [ledger, directory] }
}
