import ArgumentParser
import Foundation
import ReflogStorage

/// `reflog compact`
struct Compact: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the ledger's file anew, so that nothing is left in it of what was purged or erased.",
    discussion: """
      A purge or an erasure overwrites what it deletes. But SQLite keeps copies of rows that it moved within the file before: those go \
      with this. It needs as much free space as the file has bytes, and no server may serve the ledger meanwhile: stop it first. \
      About a minute for each gigabyte.

      The history, its signatures and the anchor stay as they are.

        reflog compact --database /var/lib/reflog/reflog.sqlite
      """
  )

  @Option(help: "The ledger's file. Default REFLOG_DATABASE, and else ./reflog.sqlite.")
  var database: String?

  func run() async throws {
    try await CommandFailure.wrapping {
      let path = database ?? ProcessInfo.processInfo.environment["REFLOG_DATABASE"] ?? "./reflog.sqlite"
      let compaction = StorageCompaction(path: path, kind: .ledger)
      let (before, after) = try await withProgress(of: compaction) { try compaction.run() }
      Terminal.say("\(path) was written anew: \(megabytes(before)) MB before, \(megabytes(after)) MB now.")
    }
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
          // It ends when the work does.
          do { try await Task.sleep(for: .seconds(1)) } catch { return nil }
          let (written, whole) = compaction.progress
          Terminal.overwrite("written \(megabytes(written)) of \(megabytes(whole)) MB")
        }
      }
      defer { group.cancelAll() }
      while let value = try await group.next() {
        if let value {
          Terminal.overwrite("\n")
          return value
        }
      }
      throw CommandFailure(.internal, "The compaction ended without a result.")
    }
  }
}

private func megabytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1_000_000) }
