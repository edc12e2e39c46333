import ReflogDirectory
import ReflogStorage
import ReflogTesting

/// Calls `body` with an embedded directory that contains the sample.
func withEmbeddedDirectory(_ body: (EmbeddedDirectory) async throws -> Void) async throws {
  try await withTemporaryFolder { folder in
    let storage = try Storage(path: folder + "/directory.sqlite", kind: .directory)
    let thread = WriterThread()
    let directory = try EmbeddedDirectory(storage: storage, thread: thread, newTenantID: "tenant", sample: true)
    try await running(thread, storage) { try await body(directory) }
  }
}
