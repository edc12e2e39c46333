import Foundation
import ReflogLedger
import ReflogModel
import ReflogStorage

/// The open database of a ledger, for a server.
struct OpenedDatabase: Sendable {
  let store: any LedgerStore
  /// The index of the reasons of changes, or nil if the database has no such index or the index could not be opened.
  let reasonIndex: (any ReasonFinder)?
  /// The error of the attempt to open the index, or nil if the index is open or the database has no index.
  let indexProblem: (any Error)?
  let tokens: TokenStore
  /// Closes the database.
  ///
  /// Call this closure once, after the last write.
  let close: @Sendable () throws -> Void

  /// Opens the database, and creates the database if it does not exist.
  static func open(_ location: LedgerLocation, _ settings: ServerSettings, clock: @escaping WallClock) throws -> Self {
    switch location.database {
    case .file(let path):
      // A missing write-ahead log is accepted here. The start check has already refused a ledger without the log,
      // unless the settings accept it.
      let storage = try Storage(path: path, kind: .ledger, acceptsMissingLog: true)
      do {
        let tokens = try TokenStore(besideLedgerAt: path, clock: clock)
        let index = Result { try ReasonIndex(path: location.files.search) }
        // Without the index, the server works, and only searches for reasons are slower. But if the file of the index
        // exists and can't be opened, the server does not start, because an erasure could not delete the reasons in
        // that file.
        if FileManager.default.isFile(location.files.search) { _ = try index.get() }
        let reasonIndex = try? index.get()
        return OpenedDatabase(
          store: SQLiteLedger(storage),
          reasonIndex: reasonIndex,
          indexProblem: index.failure,
          tokens: tokens,
          close: {
            // An error is ignored here, because the index can be built again.
            try? reasonIndex?.close()
            try storage.close()
          }
        )
      } catch {
        // An error of `close` is ignored, so that the caller gets the original error.
        try? storage.close()
        throw error
      }
    case .postgreSQL(let url):
      return try PostgreSQLSupport.open(url, acceptsNoStandby: settings.acceptsNoStandby, clock: clock)
    }
  }
}

extension FileManager {
  /// Returns whether a path leads to something that exists and is not a folder.
  fileprivate func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }
}

extension Result {
  /// The error, or nil if the result is a success.
  fileprivate var failure: Failure? {
    guard case .failure(let error) = self else { return nil }
    return error
  }
}
