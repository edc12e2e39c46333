import ArgumentParser
import Foundation
import ReflogStorage

/// The command `reflog compact`.
struct Compact: Command {
  static let configuration = CommandConfiguration(
    abstract: "Rewrites the ledger's file to remove all copies of purged or erased data.",
    discussion: """
      A purge or an erasure overwrites the data that it deletes. But SQLite sometimes moves rows within the file, and \
      older copies of these rows can remain. This verb removes the copies. Stop the server first. The verb needs free \
      disk space of the same size as the file, and about a minute for each gigabyte.

      The history, its signatures and the anchor are not changed.

        reflog compact --database /var/lib/reflog/reflog.sqlite
      """
  )

  @Option(help: "The ledger's file. Default: REFLOG_DATABASE, else ./reflog.sqlite.")
  var database: String?

  func execute() async throws {
    guard case .file(let path) = LedgerLocation(given: database).database else {
      throw CommandFailure(
        .usage,
        "PostgreSQL compacts its tables itself. To remove the copies of deleted rows immediately, run VACUUM FULL as "
          + "the owner of the tables."
      )
    }
    let compaction = StorageCompaction(path: path, kind: .ledger)
    let (before, after) = try await withProgress(of: compaction) { try compaction.run() }
    Terminal.say("\(path) was rewritten: \(megabytes(before)) MB before, \(megabytes(after)) MB after.")
  }

  private func withProgress<Value: Sendable>(
    of compaction: StorageCompaction,
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    guard Terminal.isTerminal else { return try body() }
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try body() }
      group.addTask {
        while true {
          // This task is cancelled when the compaction ends. Then the sleep throws an error, and the task ends.
          do { try await Task.sleep(for: .seconds(1)) } catch { return nil }
          let (written, whole) = compaction.progress
          Terminal.overwrite("written \(megabytes(written)) of \(megabytes(whole)) MB")
        }
      }
      defer { group.cancelAll() }
      while let value = try await group.next() {
        if let value {
          Terminal.overwrite("", isLast: true)
          return value
        }
      }
      throw CommandFailure(.internal, "The compaction ended without a result.")
    }
  }
}
