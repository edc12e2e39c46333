import Foundation
import ReflogTesting
import Testing

@testable import ReflogStorage

/// Tests of atomic writes of small files.
struct DurableFileTests {
  /// The kernel writes as many bytes as fit, without an error. The next write reports why the others don't fit.
  @Test func aShortWriteReportsItsReasonAndKeepsTheOldFile() async {
    // The limit applies to the whole process, so the test runs in a process of its own.
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
}
