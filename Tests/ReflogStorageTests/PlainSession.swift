import ReflogTesting

@testable import ReflogStorage

/// A session that has no state except the number of its commits.
final class PlainSession: WriteSession {
  let connection: Connection
  private(set) var commits = 0

  init(_ connection: Connection) {
    self.connection = connection
  }

  func begin(_ items: [Never]) {}
  func end() {}
  func committed() { commits += 1 }
  func rolledBack() {}
  func save() {}
  func restore() {}
}

/// Opens a file, starts a writer that writes the file, and calls `body` with the file and the writer.
@discardableResult
func withWriter<Value: Sendable>(
  limits: GroupCommitLimits = .standard,
  _ body: (GroupCommitWriter<PlainSession>, Storage) async throws -> Value
) async throws -> Value {
  try await withTemporaryFolder { folder in
    let thread = WriterThread()
    let storage = try Storage(path: folder + "/reflog.sqlite", kind: .ledger)
    let writer = GroupCommitWriter(of: storage, on: thread, limits: limits) { PlainSession($0) }
    return try await running(thread, storage) { try await body(writer, storage) }
  }
}
