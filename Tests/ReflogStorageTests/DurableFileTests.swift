import Foundation
import ReflogTesting
import Testing

@testable import ReflogStorage

/// Tests of atomic writes of small files.
struct DurableFileTests {
  /// If the file can't hold all bytes, the kernel writes only the first bytes and reports no error.
  ///
  /// The next write reports the reason why the remaining bytes can't be written.
  @Test func aShortWriteReportsItsReasonAndKeepsTheOldFile() async {
    // The limit applies to the whole process, so the test runs in a separate process.
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      try await withTemporaryFolder { folder in
        let path = folder + "/file"
        try DurableFile.write(Array("old".utf8), to: path)
        var limit = rlimit(rlim_cur: 100, rlim_max: 100)
        #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)

        let error = #expect(throws: StorageError.self) {
          try DurableFile.write(Array(repeating: 0x78, count: 200), to: path)
        }

        let problem = "it can't be written: \(String(cString: strerror(EFBIG)))"
        #expect(error?.description == StorageError.unusable(path: path, problem: problem).description)
        #expect(try DurableFile.read(path) == Array("old".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
      }
    }
  }

  private static let strangers: [@Sendable (_ partial: String, _ other: String) -> Int32] = [
    { partial, other in link(other, partial) }, { partial, other in symlink(other, partial) },
    { partial, _ in mkfifo(partial, 0o600) },
  ]

  /// A link to another file, or a pipe that would block the write, can already have the name of the temporary file.
  @Test(arguments: strangers.indices) func aFileWithTheTemporaryNameIsRemoved(kind: Int) async throws {
    try await withTemporaryFolder { folder in
      let (path, other) = (folder + "/file", folder + "/other")
      try DurableFile.write(Array("precious".utf8), to: other)
      #expect(Self.strangers[kind](path + ".partial", other) == 0)

      try DurableFile.write(Array("new".utf8), to: path)

      #expect(try DurableFile.read(path) == Array("new".utf8))
      #expect(try DurableFile.read(other) == Array("precious".utf8))
      #expect(!DurableFile.exists(path + ".partial"))
    }
  }
}
